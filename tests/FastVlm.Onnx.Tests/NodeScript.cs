using System.Diagnostics;
using System.Text;

namespace FastVlm.Onnx.Tests;

/// <summary>A script of tests/node: one JSON request per line in, one JSON answer per line out.</summary>
internal sealed class NodeScript : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private NodeScript(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts a script, or skips the test where Node or its packages are not installed.</summary>
    public static NodeScript Start(string script)
    {
        var folder = Path.Combine(TestPaths.Repository, "tests", "node");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(folder, "node_modules", "@huggingface", "transformers")),
            "@huggingface/transformers is not installed: run ./test, or npm ci --ignore-scripts in tests/node");
        var start = new ProcessStartInfo("node", script)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        return new NodeScript(Process.Start(start)!);
    }

    public async Task<string> AskAsync(string request, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(request.AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        var answer = await _process.StandardOutput.ReadLineAsync(cancellationToken);
        return answer ?? throw new InvalidOperationException($"node ended without an answer: {await _errors}");
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}
