using FastVlm.Pipeline;
using FastVlm.Storage.Postgres;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace FastVlm.Storage;

/// <summary>
/// Tells what machines have changed in the shared store, this one included. A hint, not a record: what happens while the
/// connection is down is told by no event, so after each connection the configuration counts as changed, and who delivers
/// also looks by itself now and then. Handlers are called one after the other; they must be quick and must not throw.
/// </summary>
public sealed class PostgresSignals
{
    private readonly PostgresDatabase _database;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly RetrySchedule _retries = new(
        StorageLimits.ListenRetryFirst, StorageLimits.ListenRetryMax, jitter: 0.5, new Random(Environment.ProcessId));

    internal PostgresSignals(PostgresDatabase database, TimeProvider timeProvider, ILogger logger)
    {
        _database = database;
        _timeProvider = timeProvider;
        _logger = logger;
    }

    /// <summary>The stored configuration has, or may have, another version.</summary>
    public event Action? ConfigurationChanged;

    /// <summary>An endpoint has deliveries that are new or to be sent again.</summary>
    public event Action<EndpointId>? DeliveriesDue;

    /// <summary>Listens until cancelled; connects again whenever the connection ends.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await ListenAsync(cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // Whatever it is: nobody else would listen again.
                _logger.SignalsLost(PostgresFailures.IsOfTheStore(e) ? _database.Failures.ToStorageException(e).Message : e.ToString());
            }

            await Task.Delay(_retries.Next(), _timeProvider, cancellationToken);
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = _database.CreateListener();
        connection.Notification += (_, told) => Raise(told);
        await connection.OpenAsync(cancellationToken);
        await using (var listen = PostgresDatabase.Batch(
            connection, new Statement($"LISTEN {PostgresConfigurationStore.Channel}"), new Statement($"LISTEN {PostgresOutbox.Channel}")))
        {
            await listen.ExecuteNonQueryAsync(cancellationToken);
        }

        _retries.Reset();
        _logger.SignalsConnected(_database.Failures.Database);
        ConfigurationChanged?.Invoke();
        while (true)
        {
            await connection.WaitAsync(cancellationToken);
        }
    }

    private void Raise(NpgsqlNotificationEventArgs told)
    {
        if (told.Channel == PostgresConfigurationStore.Channel)
        {
            ConfigurationChanged?.Invoke();
        }
        else
        {
            DeliveriesDue?.Invoke(new EndpointId(told.Payload));
        }
    }
}
