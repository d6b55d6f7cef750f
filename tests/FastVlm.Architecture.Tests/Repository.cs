using System.Diagnostics;
using System.Reflection;

namespace FastVlm.Architecture.Tests;

/// <summary>The working tree under test: the files git tracks or would track.</summary>
internal static class Repository
{
    public static string Root { get; } = typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    private static readonly Lazy<string[]> AllFiles = new(ListFiles);

    /// <summary>Paths relative to the root, with '/' between folders.</summary>
    public static IEnumerable<string> Files(params string[] endings) =>
        AllFiles.Value.Where(path => endings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal)));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string[] ListFiles()
    {
        var start = new ProcessStartInfo("git", ["ls-files", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        };
        using var git = Process.Start(start)!;
        var listing = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        var paths = listing.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(path => File.Exists(Path.Combine(Root, path))).ToArray();
        return paths.Length > 0 ? paths : throw new InvalidOperationException($"git lists no file in '{Root}'.");
    }
}
