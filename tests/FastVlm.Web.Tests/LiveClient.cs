using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;
using FastVlm.TestKit;

namespace FastVlm.Web.Tests;

/// <summary>Microsoft's JavaScript client of the hub, driven over its standard input (tests/node/live.mjs).</summary>
internal sealed class LiveClient : IAsyncDisposable
{
    private static readonly string Folder = Path.Combine(
        typeof(LiveClient).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "RepositoryRoot").Value!,
        "tests", "node");

    private readonly Process process;
    private readonly Task reading;

    public LiveClient()
    {
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(Folder, "node_modules", "@microsoft", "signalr")),
            "@microsoft/signalr is not installed: run ./test, or npm ci --ignore-scripts in tests/node");
        process = Process.Start(new ProcessStartInfo("node", [Path.Combine(Folder, "live.mjs")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        reading = ReadAsync();
    }

    /// <summary>Everything that the client said, in order.</summary>
    public Collector<JsonNode> Said { get; } = new("lines of the live client");

    /// <summary>The events of all batches so far, in order.</summary>
    public IReadOnlyList<JsonNode> Events =>
        [.. Said.Items.Where(line => line["events"] is not null).SelectMany(line => line["events"]!["events"]!.AsArray()).Select(e => e!)];

    public async Task<JsonNode?> DoAsync(string command, JsonObject? arguments = null)
    {
        var from = Said.Items.Count;
        var request = (JsonObject?)arguments?.DeepClone() ?? [];
        request["do"] = command;
        await process.StandardInput.WriteLineAsync(request.ToJsonString());
        await process.StandardInput.FlushAsync();
        var answer = await Said.WaitForAsync(line => (string?)line["did"] == command, $"an answer to '{command}'", from);
        return answer["error"] is { } error ? throw new InvalidOperationException((string?)error) : answer["reply"];
    }

    public Task ConnectAsync(Uri address, string? token = null) =>
        DoAsync("connect", new JsonObject { ["url"] = new Uri(address, "/hubs/live").ToString(), ["token"] = token });

    public async Task<JsonNode> WatchAsync(JsonObject request) =>
        (await DoAsync("watch", new JsonObject { ["request"] = request }))!;

    public Task WaitForEventAsync(Func<JsonNode, bool> condition, string what) =>
        Said.WaitForAsync(line => line["events"]?["events"]!.AsArray().Any(e => condition(e!)) == true, what);

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await reading.Within("the end of the live client");
        await process.WaitForExitAsync().Within("the exit of the live client");
        process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            Said.Add(JsonNode.Parse(line)!);
        }
    }
}
