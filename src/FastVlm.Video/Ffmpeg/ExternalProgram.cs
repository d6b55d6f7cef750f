using FastVlm.Pipeline;

namespace FastVlm.Video.Ffmpeg;

/// <summary>Finds the programs that we drive.</summary>
internal static class ExternalProgram
{
    /// <exception cref="FailureException">ToolMissing, with what to install.</exception>
    public static string Find(string nameOrPath) =>
        TryFind(nameOrPath) ?? throw new FailureException(
            FailureKind.ToolMissing,
            $"The program '{nameOrPath}' is not installed; on Debian and Ubuntu run: "
            + "apt-get install -y --no-install-recommends ffmpeg (version 5.1 or later).");

    /// <summary>ffprobe beside the given ffmpeg, else the one on the PATH.</summary>
    public static string FindProbe(string ffmpegPath)
    {
        var ffmpeg = Find(ffmpegPath);
        var beside = Path.Combine(Path.GetDirectoryName(ffmpeg)!, OperatingSystem.IsWindows() ? "ffprobe.exe" : "ffprobe");
        return File.Exists(beside) ? beside : Find("ffprobe");
    }

    /// <summary>The full path of a program, or null.</summary>
    public static string? TryFind(string nameOrPath)
    {
        if (nameOrPath.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return File.Exists(nameOrPath) ? Path.GetFullPath(nameOrPath) : null;
        }

        var fileName = OperatingSystem.IsWindows() && !Path.HasExtension(nameOrPath) ? nameOrPath + ".exe" : nameOrPath;
        return (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, fileName))
            .FirstOrDefault(File.Exists);
    }
}
