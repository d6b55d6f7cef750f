using Microsoft.AspNetCore.Connections;

namespace FastVlm.Silo.Tests.Cluster;

/// <summary>A node's connections to the others: once cut, they are gone, and no new one comes about.</summary>
internal sealed class Cable
{
    private readonly Lock _gate = new();
    private readonly HashSet<ConnectionContext> _connections = [];
    private bool _isCut;

    public void Attach(IConnectionBuilder connections) => connections.Use(next => async connection =>
    {
        if (!TryAdd(connection))
        {
            connection.Abort();
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            lock (_gate)
            {
                _connections.Remove(connection);
            }
        }
    });

    public void Cut()
    {
        ConnectionContext[] open;
        lock (_gate)
        {
            _isCut = true;
            open = [.. _connections];
        }

        foreach (var connection in open)
        {
            connection.Abort();
        }
    }

    private bool TryAdd(ConnectionContext connection)
    {
        lock (_gate)
        {
            return !_isCut && _connections.Add(connection);
        }
    }
}
