using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Orleans.Configuration;

namespace FastVlm.Silo.Simulation;

/// <summary>A node's connections to the others, which can be cut for good.</summary>
internal sealed class NodeLinks
{
    private readonly ConcurrentDictionary<ConnectionContext, bool> present = new();
    private volatile bool isCut;

    public void ApplyTo(SiloConnectionOptions options)
    {
        options.ConfigureSiloInboundConnection(builder => builder.Use(Guard));
        options.ConfigureSiloOutboundConnection(builder => builder.Use(Guard));
    }

    public void Cut()
    {
        isCut = true;
        foreach (var connection in present.Keys)
        {
            connection.Abort();
        }
    }

    private ConnectionDelegate Guard(ConnectionDelegate next) => async connection =>
    {
        present[connection] = true;
        try
        {
            if (isCut)
            {
                connection.Abort();
                return;
            }

            await next(connection);
        }
        finally
        {
            present.TryRemove(connection, out _);
        }
    };
}
