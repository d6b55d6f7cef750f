using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using FastVlm.Pipeline;

namespace FastVlm.Onnx.Store;

/// <summary>How manifests are read and written: camelCase, indented, and a broken file is the user's to know of.</summary>
internal static class StoreJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        ReadCommentHandling = JsonCommentHandling.Skip,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Reads a JSON file; null where there is none.</summary>
    /// <exception cref="FailureException">The file is there but is not what it should be.</exception>
    public static T? TryRead<T>(string file)
        where T : class
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<T>(File.ReadAllBytes(file), Options) : null;
        }
        catch (JsonException broken)
        {
            throw new FailureException(FailureKind.ModelInvalid, $"'{file}' cannot be read: {broken.Message}", broken);
        }
    }

    /// <summary>Writes beside the file and renames, so that a reader never sees half of it.</summary>
    public static void Write<T>(string file, T value)
    {
        var beside = file + ".new";
        File.WriteAllBytes(beside, [.. JsonSerializer.SerializeToUtf8Bytes(value, Options), (byte)'\n']);
        File.Move(beside, file, overwrite: true);
    }
}
