using System.Text.RegularExpressions;
using FastVlm.Pipeline;

namespace FastVlm.Onnx.Store;

/// <summary>Names of models: lower-case letters, digits, '.', '-' and '_', at most 64; they become folder names.</summary>
public static partial class ModelName
{
    public static bool IsValid(string name) => Form().IsMatch(name);

    /// <summary>Returns the name itself.</summary>
    /// <exception cref="FailureException">It is not a model name.</exception>
    public static string Require(string name) =>
        IsValid(name)
            ? name
            : throw new FailureException(
                FailureKind.Usage,
                $"'{name}' is not a model name; use at most 64 lower-case letters, digits, '.', '-' or '_', beginning with a "
                + "letter or digit.");

    /// <summary>The nearest valid name to what a folder is called.</summary>
    public static string FromFolder(string folder)
    {
        var bare = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))).ToLowerInvariant();
        var name = Unusual().Replace(bare, "-").Trim('-', '.', '_');
        return name.Length == 0 ? "model" : name[..Math.Min(name.Length, 64)];
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,63}$")]
    private static partial Regex Form();

    [GeneratedRegex("[^a-z0-9._-]+")]
    private static partial Regex Unusual();
}
