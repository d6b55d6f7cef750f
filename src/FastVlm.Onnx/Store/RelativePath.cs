using FastVlm.Pipeline;

namespace FastVlm.Onnx.Store;

/// <summary>
/// Paths inside a model directory as manifests and hubs write them: relative, with forward slashes, never leaving the
/// directory. Manifests come from outside, so each path is checked before it touches the disk.
/// </summary>
public static class RelativePath
{
    private const int CharactersMax = 512;

    /// <summary>True where <paramref name="path"/> stays inside the directory it is joined to.</summary>
    public static bool IsSafe(string path) =>
        path.Length is > 0 and <= CharactersMax
        && !path.Contains('\\') && !path.Contains(':') && !path.Contains('\0')
        && path.Split('/').All(part => part is not ("" or "." or ".."));

    /// <summary>Joins a manifest's path to its directory.</summary>
    /// <exception cref="FailureException">The path would leave the directory.</exception>
    public static string Join(string directory, string path) =>
        IsSafe(path)
            ? Path.Combine([directory, .. path.Split('/')])
            : throw new FailureException(
                FailureKind.ModelInvalid, $"The list of files for '{directory}' names '{path}', which is not a path inside it.");

    /// <summary>All files below <paramref name="directory"/> as relative paths, in ordinal order.</summary>
    public static IReadOnlyList<string> FilesBelow(string directory) =>
    [
        .. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(directory, file).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal),
    ];
}
