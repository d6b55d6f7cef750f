using FastVlm.Pipeline;

namespace FastVlm.Export;

/// <summary>Makes a directory appear whole or not at all.</summary>
internal static class ModelDirectory
{
    /// <summary>Lets <paramref name="fill"/> write into a directory beside the target and renames it when all went well.</summary>
    public static T Create<T>(string target, Func<string, T> fill)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        if (File.Exists(full) || (Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).Any()))
        {
            throw new FailureException(
                FailureKind.Usage,
                $"The output directory '{target}' exists and is not empty: name another, or remove it first.");
        }

        var staging = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.partial-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(staging);
            var result = fill(staging);
            if (Directory.Exists(full))
            {
                Directory.Delete(full);
            }

            Directory.Move(staging, full);
            return result;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(FailureKind.Usage, $"The model directory '{target}' cannot be written: {e.Message}", e);
        }
        finally
        {
            if (Directory.Exists(staging))
            {
                Directory.Delete(staging, recursive: true);
            }
        }
    }
}
