using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastVlm.Pipeline;

namespace FastVlm.Onnx.Images;

/// <summary>What a model's preprocessor_config.json and config.json say about pictures.</summary>
internal sealed record PreprocessorSettings
{
    /// <summary>Side of the square the encoder sees, px.</summary>
    public required int SidePx { get; init; }

    /// <summary>Short side after shrinking and before the cut of <see cref="ImageAspect.Crop"/>, px; 0 squeezes to the square.</summary>
    public required int ShortestEdgePx { get; init; }

    public required Normalization Normalization { get; init; }

    /// <summary>The colour around a padded picture.</summary>
    public required Level3 Background { get; init; }

    public ImageAspect Aspect { get; init; }

    /// <summary>Canvas sizes that tiles may fill, px; empty where the model has no tiling.</summary>
    public IReadOnlyList<(int WidthPx, int HeightPx)> Pinpoints { get; init; } = [];

    /// <summary>Reads the settings of a model.</summary>
    /// <param name="name">The model, for messages.</param>
    /// <param name="config">config.json.</param>
    /// <param name="processor">preprocessor_config.json; null where the directory has none.</param>
    /// <exception cref="FailureException">A value is missing or out of range.</exception>
    public static PreprocessorSettings Read(string name, JsonElement config, JsonElement? processor)
    {
        var shortest = processor is { } p ? SizeOf(p, "size") : 0;
        var side = processor is { } q ? SizeOf(q, "crop_size") : 0;
        if (side == 0) side = Math.Abs(shortest) > 0 ? Math.Abs(shortest) : SideInTowerName(config);
        if (side is <= 0 or > 4096)
        {
            throw new FailureException(
                FailureKind.ModelInvalid,
                $"Model '{name}' does not say how large a picture it sees (1 to 4096 px): preprocessor_config.json has no "
                    + "crop_size and mm_vision_tower in config.json no trailing number.");
        }

        var mean = Numbers(processor, "image_mean", "do_normalize") ?? [0, 0, 0];
        var deviation = Numbers(processor, "image_std", "do_normalize") ?? [1, 1, 1];
        return new PreprocessorSettings
        {
            SidePx = side,
            ShortestEdgePx = shortest < 0 ? 0 : shortest == 0 ? side : shortest,
            Normalization = Normalization.From(Rescale(processor), mean, deviation),
            Background = new Level3((int)(mean[0] * 255), (int)(mean[1] * 255), (int)(mean[2] * 255)),
            Aspect = AspectOf(name, config),
            Pinpoints = PinpointsOf(config),
        };
    }

    // A shortest edge is positive, an exact square negative: the second is squeezed to, not cut.
    private static int SizeOf(JsonElement processor, string member)
    {
        if (!processor.TryGetProperty(member, out var size)) return 0;
        if (size.ValueKind == JsonValueKind.Number) return size.GetInt32();
        if (size.ValueKind != JsonValueKind.Object) return 0;
        if (size.TryGetProperty("shortest_edge", out var edge)) return edge.GetInt32();
        if (!size.TryGetProperty("height", out var height)) return 0;
        return member == "size" ? -height.GetInt32() : height.GetInt32();
    }

    private static int SideInTowerName(JsonElement config)
    {
        var tower = config.TryGetProperty("mm_vision_tower", out var value) ? value.GetString() ?? "" : "";
        var digits = tower.Length - tower.AsSpan().TrimEnd("0123456789").Length;
        return int.TryParse(tower.AsSpan(tower.Length - digits), NumberStyles.None, CultureInfo.InvariantCulture, out var side) ? side : 0;
    }

    private static double Rescale(JsonElement? processor)
    {
        if (processor is not { } p) return 1.0 / 255;
        if (p.TryGetProperty("do_rescale", out var rescales) && rescales.ValueKind == JsonValueKind.False) return 1;
        return p.TryGetProperty("rescale_factor", out var factor) && factor.ValueKind == JsonValueKind.Number
            ? factor.GetDouble()
            : 1.0 / 255;
    }

    private static double[]? Numbers(JsonElement? processor, string member, string flag)
    {
        if (processor is not { } p || !p.TryGetProperty(member, out var list) || list.ValueKind != JsonValueKind.Array) return null;
        if (p.TryGetProperty(flag, out var on) && on.ValueKind == JsonValueKind.False) return null;
        var numbers = list.EnumerateArray().Select(number => number.GetDouble()).ToArray();
        return numbers.Length == 3 ? numbers : null;
    }

    private static ImageAspect AspectOf(string name, JsonElement config)
    {
        // Native fast_vlm configurations have no such field: their processor resizes and cuts.
        var aspect = config.TryGetProperty("image_aspect_ratio", out var value) ? value.GetString() : "square";
        if (aspect == "pad") return ImageAspect.Pad;
        if (aspect is null || !aspect.StartsWith("anyres", StringComparison.Ordinal)) return ImageAspect.Crop;
        var merge = config.TryGetProperty("mm_patch_merge_type", out var type) ? type.GetString() ?? "flat" : "flat";
        return merge == "flat" ? ImageAspect.AnyResolution : throw new FailureException(
            FailureKind.ModelInvalid,
            $"Model '{name}' joins picture tiles by '{merge}', which this program does not know; "
                + "only 'flat' is supported, or choose the aspect pad or crop.");
    }

    private static List<(int WidthPx, int HeightPx)> PinpointsOf(JsonElement config)
    {
        if (!config.TryGetProperty("image_grid_pinpoints", out var value) || value.ValueKind == JsonValueKind.Null) return [];
        var numbers = Regex.Matches(value.ToString(), @"\d+")
            .Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture))
            .ToArray();
        return [.. numbers.Chunk(2).Where(pair => pair.Length == 2).Select(pair => (pair[0], pair[1]))];
    }
}
