using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FastVlm.Export.Onnx;
using FastVlm.Pipeline;

namespace FastVlm.Export;

/// <summary>
/// The files beside the graphs that their users need: configuration, tokenizer, preprocessing, licence. Copied from
/// the checkpoint; what it lacks is written where the checkpoint itself tells the content.
/// </summary>
internal sealed class ModelCompanions
{
    private const string Config = "config.json";
    private const string Preprocessor = "preprocessor_config.json";
    private const string Processor = "processor_config.json";
    private const string ImageToken = "<image>";

    private static readonly string[] Known =
    [
        Config, "generation_config.json", Preprocessor, Processor, "tokenizer.json",
        "tokenizer_config.json", "vocab.json", "merges.txt", "added_tokens.json", "special_tokens_map.json",
        "chat_template.json", "chat_template.jinja", "LICENSE", "LICENSE_MODEL", "LICENSE.txt", "LICENSE.md", "NOTICE", "MODEL_CARD.md",
    ];

    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly string _directory;
    private readonly string[] _present;

    public ModelCompanions(string checkpointDirectory)
    {
        _directory = checkpointDirectory;
        _present = [.. Known.Where(name => File.Exists(PathOf(name)))];
    }

    /// <summary>Bytes that will be copied.</summary>
    public long ByteCount => _present.Sum(name => new FileInfo(PathOf(name)).Length);

    /// <summary>Writes all of them; sizes in pixels of the tower's square input and of the square that becomes one token.</summary>
    public void Write(ModelFiles files, int imageSize, int pixelsPerToken)
    {
        var imageToken = ImageTokenId();
        foreach (var name in _present)
        {
            if (name == Config && imageToken is { } id && WithImageToken(id) is { } completed)
            {
                WriteJson(files, Config, completed);
            }
            else
            {
                files.Copy(PathOf(name), name);
            }
        }

        if (!_present.Contains(Preprocessor))
        {
            WriteJson(files, Preprocessor, ClipPreprocessing(imageSize));
        }

        if (!_present.Contains(Processor) && imageToken is not null)
        {
            WriteJson(files, Processor, new JsonObject
            {
                ["image_token"] = ImageToken,
                ["num_additional_image_tokens"] = 0,
                ["patch_size"] = pixelsPerToken,
                ["processor_class"] = "LlavaProcessor",
            });
        }
    }

    /// <summary>The tokenizer's id of the image placeholder; null when it has none, as Apple's checkpoints.</summary>
    private long? ImageTokenId()
    {
        try
        {
            if (_present.Contains("tokenizer.json")
                && JsonNode.Parse(File.ReadAllBytes(PathOf("tokenizer.json")))?["added_tokens"] is JsonArray added
                && added.FirstOrDefault(t => (string?)t?["content"] == ImageToken)?["id"] is { } id)
            {
                return (long)id;
            }

            return _present.Contains("added_tokens.json")
                && JsonNode.Parse(File.ReadAllBytes(PathOf("added_tokens.json")))?[ImageToken] is { } value
                ? (long)value
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new FailureException(
                FailureKind.TokenizerInvalid,
                $"The tokenizer files of the checkpoint '{_directory}' cannot be read: {e.Message}",
                e);
        }
    }

    /// <summary>The configuration with the placeholder's id, which other runtimes look up there; null when it has it.</summary>
    private JsonObject? WithImageToken(long id)
    {
        var config = JsonNode.Parse(File.ReadAllBytes(PathOf(Config)))!.AsObject();
        if (config.ContainsKey("image_token_index") || config.ContainsKey("image_token_id"))
        {
            return null;
        }

        config["image_token_index"] = id;
        return config;
    }

    /// <summary>CLIP preprocessing at the tower's resolution: what the released checkpoints carry.</summary>
    private static JsonObject ClipPreprocessing(int imageSize) => new()
    {
        ["crop_size"] = new JsonObject { ["height"] = imageSize, ["width"] = imageSize },
        ["do_center_crop"] = true,
        ["do_convert_rgb"] = true,
        ["do_normalize"] = true,
        ["do_rescale"] = true,
        ["do_resize"] = true,
        ["image_mean"] = new JsonArray(0.0, 0.0, 0.0),
        ["image_processor_type"] = "CLIPImageProcessor",
        ["image_std"] = new JsonArray(1.0, 1.0, 1.0),
        ["resample"] = 3,
        ["rescale_factor"] = 1.0 / 255,
        ["size"] = new JsonObject { ["shortest_edge"] = imageSize },
    };

    private static void WriteJson(ModelFiles files, string name, JsonObject content)
    {
        using var file = files.Create(name);
        file.Sink.Bytes(Encoding.UTF8.GetBytes(content.ToJsonString(Format)));
    }

    private string PathOf(string name) => Path.Combine(_directory, name);
}
