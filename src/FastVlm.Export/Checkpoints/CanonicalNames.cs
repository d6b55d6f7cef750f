using System.Globalization;
using System.Text.RegularExpressions;

namespace FastVlm.Export.Checkpoints;

/// <summary>
/// Decides which canonical name a checkpoint's tensor has. Knows Apple's names (<c>model.vision_tower.vision_tower.model.…</c>)
/// and those of the transformers class <c>fast_vlm</c> (<c>…timm_model.stages.2.blocks.0.mlp…</c>), fused or not.
/// Null means: of no use to an export (classifier head, counters, stored rotary tables).
/// </summary>
internal static partial class CanonicalNames
{
    /// <summary>Maps every name of a checkpoint; the numbering of <c>fast_vlm</c> stages depends on the whole set.</summary>
    public static Dictionary<string, string?> Map(IReadOnlyCollection<string> names)
    {
        var parts = names.ToDictionary(name => name, Strip, StringComparer.Ordinal);
        var stages = NetworkIndices(parts.Values);
        return parts.ToDictionary(p => p.Key, p => Canonical(p.Value, stages), StringComparer.Ordinal);
    }

    /// <summary>What a released checkpoint would call a tensor, or the beginning of one: for messages about absent ones.</summary>
    public static string AppleName(string canonical)
    {
        var dot = canonical.IndexOf('.', StringComparison.Ordinal) + 1;
        return canonical[..dot] switch
        {
            "vision." => "model.vision_tower.vision_tower.model." + canonical[dot..],
            "projector." => "model.mm_projector." + canonical[dot..],
            "decoder." => "model." + canonical[dot..],
            _ => canonical,
        };
    }

    /// <summary>Cuts the wrappers' prefixes: what remains starts with vision., projector., decoder. or lm_head.</summary>
    private static string Strip(string name)
    {
        var rest = name.StartsWith("model.", StringComparison.Ordinal) ? name["model.".Length..] : name;
        var tower = TowerPrefix().Match(rest);
        if (tower.Success)
        {
            return "vision." + rest[tower.Length..];
        }

        if (rest.StartsWith("mm_projector.", StringComparison.Ordinal))
        {
            return "projector." + rest["mm_projector.".Length..];
        }

        if (rest.StartsWith("multi_modal_projector.", StringComparison.Ordinal))
        {
            return rest.Replace("multi_modal_projector.linear_1.", "projector.0.", StringComparison.Ordinal)
                .Replace("multi_modal_projector.linear_2.", "projector.2.", StringComparison.Ordinal);
        }

        // language_model.layers (transformers v5), language_model.model.layers (v4), model.layers (Apple).
        var language = LanguagePrefix().Match(rest);
        rest = language.Success ? rest[language.Length..] : rest;
        if (rest.StartsWith("lm_head.", StringComparison.Ordinal))
        {
            return rest;
        }

        return DecoderPart().IsMatch(rest) ? "decoder." + rest : rest;
    }

    /// <summary>
    /// timm numbers stages, Apple numbers modules: each stage is [downsample] [positional encoding] blocks, and every
    /// one of those that exists takes one number of Apple's <c>network</c>.
    /// </summary>
    private static Dictionary<string, int> NetworkIndices(IEnumerable<string> stripped)
    {
        var present = new SortedSet<(int Stage, int Order, string Part)>();
        foreach (var name in stripped)
        {
            var match = StagePart().Match(name);
            if (match.Success)
            {
                var part = match.Groups["part"].Value;
                var order = part switch { "downsample" => 0, "pos_emb" => 1, _ => 2 };
                present.Add((int.Parse(match.Groups["stage"].Value, CultureInfo.InvariantCulture), order, part));
            }
        }

        return present.Select((p, index) => (Key: $"{p.Stage}.{p.Part}", index)).ToDictionary(p => p.Key, p => p.index);
    }

    private static string? Canonical(string name, Dictionary<string, int> stages)
    {
        if (name.EndsWith(".num_batches_tracked", StringComparison.Ordinal)
            || name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal)
            || name.StartsWith("vision.head.", StringComparison.Ordinal))
        {
            return null;
        }

        if (!name.StartsWith("vision.", StringComparison.Ordinal))
        {
            return name;
        }

        var stage = StagePart().Match(name);
        if (stage.Success)
        {
            var index = stages[$"{stage.Groups["stage"].Value}.{stage.Groups["part"].Value}"];
            name = $"vision.network.{index}.{name[stage.Length..]}";
        }

        name = name.Replace("vision.stem.", "vision.patch_embed.", StringComparison.Ordinal)
            .Replace("vision.final_conv.", "vision.conv_exp.", StringComparison.Ordinal)
            .Replace(".se.fc1.", ".se.reduce.", StringComparison.Ordinal)
            .Replace(".se.fc2.", ".se.expand.", StringComparison.Ordinal)
            .Replace(".mlp.", ".convffn.", StringComparison.Ordinal)
            .Replace(".conv_kxk.", ".rbr_conv.", StringComparison.Ordinal)
            .Replace(".conv_scale.", ".rbr_scale.", StringComparison.Ordinal)
            .Replace(".large_conv.", ".lkb_origin.", StringComparison.Ordinal)
            .Replace(".pos_enc.", ".pe.", StringComparison.Ordinal)
            .Replace(".identity.", ".rbr_skip.", StringComparison.Ordinal);
        name = LayerScaleGamma().Replace(name, "$1");

        // Apple gives the fused 7x7 of a down-sampling its own name.
        return FusedDownsample().Replace(name, "${head}lkb_reparam.");
    }

    [GeneratedRegex(@"^vision_tower\.(vision_tower\.model\.|timm_model\.|vision_tower\.timm_model\.)?")]
    private static partial Regex TowerPrefix();

    [GeneratedRegex(@"^language_model\.(model\.)?")]
    private static partial Regex LanguagePrefix();

    [GeneratedRegex(@"^(layers\.\d+\.|embed_tokens\.|norm\.)")]
    private static partial Regex DecoderPart();

    [GeneratedRegex(@"^vision\.stages\.(?<stage>\d{1,4})\.(?<part>downsample|pos_emb|blocks)\.")]
    private static partial Regex StagePart();

    [GeneratedRegex(@"(\.layer_scale(?:_[12])?)\.gamma$")]
    private static partial Regex LayerScaleGamma();

    [GeneratedRegex(@"^(?<head>vision\.network\.\d+\.proj\.0\.)reparam_conv\.")]
    private static partial Regex FusedDownsample();
}
