using FastVlm.TestKit;

namespace FastVlm.Embedded.Tests;

/// <summary>Models that several tests only read, made once per test run by the real program.</summary>
internal static class SharedModels
{
    private static readonly TempDirectory Folder = Create();
    private static readonly Lazy<Task<string>> MiniOnce = new(() => SynthesiseAsync("mini"));
    private static readonly Lazy<Task<string>> PublicMiniOnce = new(MakePublicMiniAsync);

    /// <summary>A home in which the shipped model is exported once for all tests.</summary>
    public static string Home => Folder.FullPath;

    /// <summary>The smallest model of the architecture, with random weights: its answers are noise, always the same.</summary>
    public static Task<string> MiniAsync() => MiniOnce.Value;

    /// <summary>The same weights as the public files come: their names, logits for every position, no record.</summary>
    public static Task<string> PublicMiniAsync() => PublicMiniOnce.Value;

    /// <summary>A copy that a test may damage.</summary>
    public static async Task<string> CopyOfMiniAsync(TempDirectory folder)
    {
        var from = await MiniAsync();
        var to = folder.File("model");
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return to;
    }

    private static async Task<string> MakePublicMiniAsync()
    {
        var folder = await SynthesiseAsync("public-mini", "--all-position-logits");
        File.Delete(Path.Combine(folder, "model.json"));
        return folder;
    }

    private static async Task<string> SynthesiseAsync(string name, params string[] options)
    {
        var folder = Folder.File(name);
        var made = await FastVlmProcess.RunAsync(Folder.FullPath, ["models", "synth", "--size", "mini", "--out", folder, .. options]);
        made.AssertSucceeded();
        return folder;
    }

    private static TempDirectory Create()
    {
        var folder = new TempDirectory();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        return folder;
    }
}
