using FastVlm.Silo.Tests.Cluster;
using FastVlm.TestKit;

[assembly: AssemblyFixture(typeof(SharedPostgres))]

namespace FastVlm.Silo.Tests.Cluster;

/// <summary>One server for all clusters of this run; each has a database of its own.</summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresServer>> _server = new(() => PostgresServer.StartAsync());

    /// <summary>Skips the test where there is none.</summary>
    public Task<PostgresServer> ServerAsync()
    {
        Assert.SkipWhen(PostgresServer.WhyNot is not null, PostgresServer.WhyNot ?? "");
        return _server.Value;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}
