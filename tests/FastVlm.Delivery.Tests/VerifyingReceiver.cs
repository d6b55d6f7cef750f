using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FastVlm.TestKit;

namespace FastVlm.Delivery.Tests;

/// <summary>One request, as the independent receiver saw it.</summary>
/// <param name="Id">webhook-id.</param>
/// <param name="Error">Why the message did not verify; null where it did.</param>
/// <param name="Status">Its answer; 0 where it gave none in time.</param>
/// <param name="Sha256">Of the body.</param>
/// <param name="Type">Event.</param>
/// <param name="Incident">Incident.</param>
internal sealed record VerifiedRequest(string Id, string? Error, int Status, string Sha256, string? Type, string? Incident)
{
    public bool IsAccepted => Error is null && Status is >= 200 and < 300;
}

/// <summary>tests/node/webhook-receiver.mjs: verifies with the npm package <c>standardwebhooks</c> and fails at random.</summary>
internal sealed class VerifyingReceiver : IAsyncDisposable
{
    private readonly Process process;
    private readonly Task reading;

    private VerifyingReceiver(Process process, int port)
    {
        this.process = process;
        Address = new Uri($"http://127.0.0.1:{port}/hooks");
        reading = ReadAsync();
    }

    public Uri Address { get; }

    public Collector<VerifiedRequest> Requests { get; } = new("requests");

    /// <summary>Starts it, or skips the test where Node's package is not installed.</summary>
    public static async Task<VerifyingReceiver> StartAsync(string secret, int seed)
    {
        var folder = Path.Combine(Repository.Root, "tests", "node");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(folder, "node_modules", "standardwebhooks")),
            "standardwebhooks is not installed: run ./test, or npm ci --ignore-scripts in tests/node");
        var process = Process.Start(new ProcessStartInfo("node", ["webhook-receiver.mjs", secret, $"{seed}"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        })!;
        var port = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Within("the receiver's port");
        return new VerifyingReceiver(process, int.Parse(port!, CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await reading;
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            Requests.Add(JsonSerializer.Deserialize<VerifiedRequest>(line, JsonSerializerOptions.Web)!);
        }
    }
}
