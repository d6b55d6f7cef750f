using System.Diagnostics;
using FastVlm.TestKit;

namespace FastVlm.Silo.Tests;

/// <summary>The shipped model, exported once per test run by the real program.</summary>
internal static class DemoModel
{
    private static readonly TempDirectory Folder = Create();
    private static readonly Lazy<Task<string>> Exported = new(ExportAsync);

    /// <summary>The repository that the tests were built from.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>A model directory with graphs.</summary>
    public static Task<string> DirectoryAsync() => Exported.Value;

    /// <summary>The demonstration clip as Annex B: a part lies on the floor from the 9th to the 15th second.</summary>
    public static Task<string> LineVideoAsync() => TestFfmpeg.ClipAsync(
        "demo-line.h264", "-i", Path.Combine(Repository, "models", "demo", "demo.mp4"), "-c", "copy", "-bsf:v", "h264_mp4toannexb");

    private static async Task<string> ExportAsync()
    {
        var target = Folder.File("fastvlm-nano");
        string[] arguments =
        [
            "models", "export", "--checkpoint", Path.Combine(Repository, "models", "fastvlm-nano"), "--out", target,
            "--name", "fastvlm-nano",
        ];
        var program = SiloProcess.FindProgram("FastVlm.Embedded", "fastvlm");
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
        using var export = Process.Start(start)!;
        var error = await export.StandardError.ReadToEndAsync();
        await export.WaitForExitAsync().Within("the export of the demonstration model");
        return export.ExitCode == 0 ? target : throw new InvalidOperationException($"The export failed: {error}");
    }

    private static TempDirectory Create()
    {
        var folder = new TempDirectory();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        return folder;
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "FastVlm.Platform.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return folder.FullName;
    }
}
