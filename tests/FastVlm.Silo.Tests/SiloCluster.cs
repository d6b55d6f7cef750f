using System.Globalization;
using FastVlm.TestKit;
using FastVlm.TestKit.Scenarios;

namespace FastVlm.Silo.Tests;

/// <summary>
/// Several nodes as processes of their own over one real PostgreSQL, each with every role. People speak to the first one that
/// lives.
/// </summary>
internal sealed class SiloCluster : IPlatformUnderTest, IAsyncDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly PostgresServer _server;
    private readonly Node[] _nodes;
    private readonly string _model;

    private SiloCluster(PostgresServer server, string database, string model, int count)
    {
        _server = server;
        Database = database;
        _model = model;
        _nodes = [.. Enumerable.Range(1, count).Select(number => new Node(string.Create(CultureInfo.InvariantCulture, $"node-{number}")))];
        File.WriteAllText(_folder.File("database"), database);
    }

    /// <summary>Opens the cluster's database.</summary>
    public string Database { get; }

    public int Count => _nodes.Length;

    public Uri Address => AddressOf(Array.FindIndex(_nodes, node => node.Process is not null));

    public static async Task<SiloCluster> StartAsync(int nodes = 3)
    {
        var model = await DemoModel.DirectoryAsync();
        var server = await PostgresServer.StartAsync(syncs: true);
        var cluster = new SiloCluster(server, await server.CreateDatabaseAsync(), model, nodes);
        await cluster.StartAllAsync();
        return cluster;
    }

    public string NameOf(int node) => _nodes[node].Name;

    public Uri AddressOf(int node) => _nodes[node].Address ?? throw new InvalidOperationException($"Node {node} does not run.");

    public string LogOf(int node) => File.Exists(LogPath(node)) ? File.ReadAllText(LogPath(node)) : "";

    /// <summary>Starts a node and waits until it is up.</summary>
    public async Task StartNodeAsync(int node)
    {
        Begin(node);
        _nodes[node].Address = await _nodes[node].Process!.UpAsync();
    }

    public async Task KillAsync(int node)
    {
        await _nodes[node].Process!.SignalAsync("KILL");
        await EndAsync(node);
    }

    /// <summary>Stops it as a service manager would.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync(int node)
    {
        await _nodes[node].Process!.SignalAsync("TERM");
        return await EndAsync(node);
    }

    /// <summary>Every machine loses its power at once, and starts again.</summary>
    public async Task CrashAndRestartAsync()
    {
        await Task.WhenAll(Enumerable.Range(0, Count).Select(KillAsync));
        await StartAllAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes.Where(node => node.Process is not null))
        {
            await node.Process!.DisposeAsync();
        }

        await _server.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StartAllAsync()
    {
        for (var node = 0; node < Count; node++)
        {
            Begin(node);
        }

        foreach (var node in _nodes)
        {
            node.Address = await node.Process!.UpAsync();
        }
    }

    private void Begin(int node)
    {
        var port = WebhookReceiver.FreePort().ToString(CultureInfo.InvariantCulture);
        string[] arguments =
        [
            "run", "--json", "--name", _nodes[node].Name, "--database-file", _folder.File("database"),
            "--secrets-key-file", _folder.File("secrets.key"), "--silo-port", port, "--urls", "http://127.0.0.1:0",
            "--model", _model, "--allow-loopback-webhooks",
        ];
        _nodes[node].Process = SiloProcess.Start(arguments, _folder.FullPath, LogPath(node));
    }

    private async Task<int> EndAsync(int node)
    {
        var code = await _nodes[node].Process!.EndAsync();
        await _nodes[node].Process!.DisposeAsync();
        (_nodes[node].Process, _nodes[node].Address) = (null, null);
        return code;
    }

    private string LogPath(int node) => _folder.File($"{_nodes[node].Name}.log");

    private sealed class Node(string name)
    {
        public string Name => name;

        public SiloProcess? Process { get; set; }

        public Uri? Address { get; set; }
    }
}
