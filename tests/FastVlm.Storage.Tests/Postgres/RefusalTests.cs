using System.Net;
using System.Net.Sockets;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Postgres;
using FastVlm.TestKit;
using Npgsql;

namespace FastVlm.Storage.Tests.Postgres;

/// <summary>Databases that cannot be opened: one sentence each, without the password.</summary>
public sealed class RefusalTests
{
    private const string Secret = "correct-horse-battery";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wrong_password_is_refused_and_repeated_nowhere()
    {
        var database = new NpgsqlConnectionStringBuilder(await TestStore.CreateDatabaseAsync()) { Password = Secret };

        await AssertRefusedAsync(database.ConnectionString, "does not let the role 'app' in; correct name and password");
    }

    [Fact]
    public async Task A_database_that_does_not_exist_is_named_with_what_creates_it()
    {
        var database = new NpgsqlConnectionStringBuilder(await TestStore.CreateDatabaseAsync()) { Database = "nosuch" };

        await AssertRefusedAsync(database.ConnectionString, "has no database 'nosuch'; create it: CREATE DATABASE nosuch OWNER app.");
    }

    [Fact]
    public async Task A_role_without_rights_is_told_which_it_lacks()
    {
        var database = new NpgsqlConnectionStringBuilder(await TestStore.CreateDatabaseAsync());
        await (await TestStore.ServerAsync()).ExecuteAsync($"ALTER DATABASE {database.Database} OWNER TO admin");

        await AssertRefusedAsync(
            database.ConnectionString, $"make it the owner: ALTER DATABASE {database.Database} OWNER TO app.");
    }

    [Fact]
    public async Task A_database_of_another_encoding_is_refused()
    {
        var server = await TestStore.ServerAsync();
        var database = await server.CreateDatabaseAsync("ENCODING 'LATIN1' TEMPLATE template0");

        await AssertRefusedAsync(database, "keeps texts as LATIN1, and UTF8 is needed");
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        await AssertRefusedAsync(
            $"Host=127.0.0.1;Port={port};Database=fastvlm;Username=app;Password={Secret}", $"'127.0.0.1:{port}' cannot be reached");
    }

    [Theory]
    [InlineData($"Host=db;Database=fastvlm;Username=app;Password=a;{Secret}=b")]
    [InlineData($"Host=db;Port={Secret};Database=fastvlm;Username=app")]
    [InlineData($"{Secret}")]
    [InlineData($"Host=db;Password={Secret}")]
    public Task A_connection_string_that_cannot_be_used_is_not_shown(string connectionString) =>
        AssertRefusedAsync(connectionString, "it looks like 'Host=db;Port=5432;Database=fastvlm;Username=fastvlm;Password=…'");

    [Fact]
    public void A_server_that_is_too_old_is_named_with_its_version()
    {
        var names = new PostgresFailures("db:5432", "fastvlm", "app", TimeSpan.FromSeconds(30));
        var failure = Assert.Throws<StorageException>(() => PostgresMigrator.CheckServer(new Version(13, 11), names));

        Assert.Contains("'fastvlm' at 'db:5432' is version 13.11, and 14 or later is needed", failure.Message, StringComparison.Ordinal);
        PostgresMigrator.CheckServer(new Version(14, 0), names);
    }

    [Theory]
    [InlineData(PostgresErrorCodes.InvalidPassword, "pg_hba.conf")]
    [InlineData(PostgresErrorCodes.InsufficientPrivilege, "make it the owner")]
    [InlineData(PostgresErrorCodes.DiskFull, "free some space")]
    [InlineData(PostgresErrorCodes.OutOfMemory, "give it more")]
    [InlineData(PostgresErrorCodes.TooManyConnections, "raise its max_connections")]
    [InlineData(PostgresErrorCodes.ReadOnlySqlTransaction, "connect to the primary server")]
    [InlineData(PostgresErrorCodes.AdminShutdown, "once it is up")]
    [InlineData(PostgresErrorCodes.CannotConnectNow, "once it is up")]
    [InlineData(PostgresErrorCodes.QueryCanceled, "nobody holds a lock")]
    [InlineData(PostgresErrorCodes.DataCorrupted, "restore a backup")]
    [InlineData(PostgresErrorCodes.InternalError, "XX000")]
    public void Every_failure_of_the_store_names_the_server_and_a_remedy_in_one_sentence(string code, string remedy)
    {
        var failure = new PostgresException("any.", "ERROR", "ERROR", code);

        var message = new PostgresFailures("db:5432", "fastvlm", "app", TimeSpan.FromSeconds(30)).ToStorageException(failure).Message;

        Assert.True(PostgresFailures.IsOfTheStore(failure));
        Assert.False(PostgresFailures.IsOfTheChange(failure));
        Assert.Contains("db:5432", message, StringComparison.Ordinal);
        Assert.Contains(remedy, message, StringComparison.Ordinal);
        Assert.EndsWith(".", message, StringComparison.Ordinal);
    }

    private static async Task AssertRefusedAsync(string connectionString, string expected)
    {
        using var folder = new TempDirectory();
        var log = new CollectingLogger();
        var options = new PostgresStoreOptions
        {
            ConnectionString = new SecretText(connectionString), SecretsKeyFile = folder.File("secrets.key"),
        };

        var failure = await Assert.ThrowsAsync<StorageException>(
            () => PostgresPlatformStore.OpenAsync(options, new ManualTimeProvider(), log, Stop));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.All(
            [failure.ToString(), options.ToString(), .. log.Lines.Items],
            text => Assert.DoesNotContain(Secret, text, StringComparison.Ordinal));
        Assert.False(File.Exists(folder.File("secrets.key")));
    }
}
