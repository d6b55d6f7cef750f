using FastVlm.TestKit;
using FastVlm.TestKit.Scenarios;

namespace FastVlm.Embedded.Tests.Platform;

/// <summary><c>fastvlm up</c> as users start it, on a data folder and a port of its own.</summary>
internal sealed class PlatformProcess : IPlatformUnderTest, IAsyncDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly string[] _options;
    private FastVlmProcess? _process;

    private PlatformProcess(string[] options) => _options = options;

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public string DataDirectory => _folder.File("data");

    public int ProcessId => _process!.Id;

    /// <summary>Starts with the shipped model and without demonstration cameras, unless options say otherwise.</summary>
    public static async Task<PlatformProcess> StartAsync(params string[] options)
    {
        var platform = new PlatformProcess(options);
        await platform.StartProcessAsync();
        return platform;
    }

    public async Task CrashAndRestartAsync()
    {
        await _process!.SignalAsync("KILL");
        await _process.EndAsync();
        await _process.DisposeAsync();
        await StartProcessAsync();
    }

    /// <summary>Stops it as a service manager would.</summary>
    public async Task<CommandResult> StopAsync()
    {
        await _process!.SignalAsync("TERM");
        return await _process.EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task StartProcessAsync()
    {
        string[] arguments =
        [
            "up", "--json", "--data", DataDirectory, "--urls", "http://127.0.0.1:0", "--allow-loopback-webhooks",
            .. _options.Contains("--demo") ? [] : (string[])["--no-demo"],
            .. _options.Where(option => option != "--demo"),
        ];
        _process = FastVlmProcess.Start(SharedModels.Home, arguments);
        var up = await _process.WaitForTypeAsync("up");
        Address = new Uri(up.GetProperty("addresses")[0].GetString()!);
    }
}
