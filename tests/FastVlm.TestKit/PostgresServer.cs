using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace FastVlm.TestKit;

/// <summary>
/// A PostgreSQL server of its own on a free loopback port, with its data in a temporary folder. A shell keeps it: it ends the
/// server and removes the folder when it is told to, and also when the test process is gone, however that ended.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Owns the databases, and has no other right.</summary>
    public const string User = "app";

    private const string Superuser = "admin";

    /// <summary>PostgreSQL does not run as root; the Debian package makes this user.</summary>
    private const string SystemUser = "postgres";

    private const string Keeper = """
        bin=$1 port=$2 fsync=$3 pid=
        dir=$(mktemp -d "${TMPDIR:-/tmp}/fastvlm-postgres-XXXXXX") || exit 1
        trap 'end INT; cd /; rm -rf "$dir"' EXIT
        trap 'exit 1' HUP INT TERM
        end() { if [ -n "$pid" ]; then kill -s "$1" "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; pid=; fi; }
        launch() {
          "$bin/postgres" -D "$dir/data" -k "$dir" -p "$port" -c listen_addresses=127.0.0.1 -c fsync="$fsync" -c max_connections=200 \
            >>"$dir/log" 2>&1 </dev/null &
          pid=$!
        }
        cd "$dir"
        read -r password
        echo "$password" >password
        "$bin/initdb" -D data -U admin -A scram-sha-256 --pwfile=password -E UTF8 --locale=C --no-sync >log 2>&1 || { cat log; exit 1; }
        while read -r command; do
          case $command in
            start)
              launch
              until "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"; do
                # One that was killed lets go of its memory only when its last child has seen that.
                kill -0 "$pid" 2>/dev/null || launch
                sleep 0.05
              done ;;
            stop) end INT ;;
            kill) end KILL ;;
          esac
          echo "done $command"
        done
        """;

    private readonly Process _keeper;
    private readonly string _password;
    private int _databases;

    private PostgresServer(Process keeper, int port, string password)
    {
        _keeper = keeper;
        Port = port;
        _password = password;
    }

    /// <summary>Null where PostgreSQL is installed; otherwise what to do, for a test that is skipped.</summary>
    public static string? WhyNot => FindPrograms() is null
        ? "PostgreSQL is not installed: ./test installs it; by hand: apt-get install -y --no-install-recommends postgresql"
        : null;

    public int Port { get; }

    /// <param name="syncs">Commits reach the disk; tests that do not lose power are faster without.</param>
    public static async Task<PostgresServer> StartAsync(bool syncs = false)
    {
        var programs = FindPrograms() ?? throw new InvalidOperationException(WhyNot);
        var port = FreePort();
        var password = RandomNumberGenerator.GetHexString(24, lowercase: true);
        string[] shell = ["sh", "-c", Keeper, "postgres-keeper", programs, $"{port}", syncs ? "on" : "off"];
        string[] arguments = Environment.IsPrivilegedProcess ? ["runuser", "-u", SystemUser, "--", .. shell] : shell;

        // A signal to the group of the tests, as Ctrl-C is, must not end the keeper before it has cleaned up.
        arguments = OperatingSystem.IsLinux() ? ["setsid", .. arguments] : arguments;
        var start = new ProcessStartInfo(arguments[0], arguments[1..]) { WorkingDirectory = "/" };
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        var keeper = Process.Start(start)!;
        var server = new PostgresServer(keeper, port, password);
        await keeper.StandardInput.WriteLineAsync(password);
        await server.StartAgainAsync();
        await server.ExecuteAsync($"CREATE ROLE {User} LOGIN PASSWORD '{password}'");
        return server;
    }

    /// <summary>A fresh, empty database of the user <see cref="User"/>, who owns it.</summary>
    /// <param name="options">More of CREATE DATABASE.</param>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync(string options = "")
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        await ExecuteAsync($"CREATE DATABASE {name} OWNER {User} {options}");
        return ConnectionString(name, User);
    }

    /// <summary>As a superuser in the database "postgres".</summary>
    public Task ExecuteAsync(string sql) => ExecuteAsync(ConnectionString("postgres", Superuser), sql);

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(WithoutPool(connectionString));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<T> ScalarAsync<T>(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(WithoutPool(connectionString));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Runs one of PostgreSQL's own programs; fails where it fails.</summary>
    /// <param name="program">E.g. <c>pg_dump</c>.</param>
    /// <param name="connectionString">Of the database that it works on.</param>
    /// <param name="arguments">The others.</param>
    public static async Task RunAsync(string program, string connectionString, params string[] arguments)
    {
        var database = new NpgsqlConnectionStringBuilder(connectionString);
        var start = new ProcessStartInfo(Path.Combine(FindPrograms()!, program), arguments) { RedirectStandardError = true };
        start.Environment["PGHOST"] = database.Host;
        start.Environment["PGPORT"] = $"{database.Port}";
        start.Environment["PGDATABASE"] = database.Database;
        start.Environment["PGUSER"] = database.Username;
        start.Environment["PGPASSWORD"] = database.Password;
        using var process = Process.Start(start)!;
        var log = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().Within(program);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} failed:\n{log}");
        }
    }

    /// <summary>Ends it in order; connections are cut.</summary>
    public Task StopAsync() => TellAsync("stop");

    /// <summary>Ends it as a crash of the machine would, but for what the system has not yet written.</summary>
    public Task KillAsync() => TellAsync("kill");

    /// <summary>On the same port with the same data.</summary>
    public Task StartAgainAsync() => TellAsync("start");

    /// <summary>That the living processes of the servers which this process has started have used.</summary>
    public static TimeSpan ProcessorTime() => ChildProcesses.WithCommandLine("postgres").Keys.Select(ChildProcesses.ProcessorTime)
        .Aggregate(TimeSpan.Zero, (sum, time) => sum + time);

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync().Within("the end of the PostgreSQL server");
        _keeper.Dispose();
    }

    private static string WithoutPool(string connectionString) => connectionString + ";Pooling=false";

    /// <returns>The folder of initdb and postgres, of the highest version; null where there is none.</returns>
    private static string? FindPrograms()
    {
        const string Debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(Debian) ? Directory.GetDirectories(Debian) : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return versions
            .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
            .Select(folder => Path.Combine(folder, "bin")).Concat(path)
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string ConnectionString(string database, string user) => string.Create(
        CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Database={database};Username={user};Password={_password}");

    private async Task TellAsync(string command)
    {
        await _keeper.StandardInput.WriteLineAsync(command);
        await _keeper.StandardInput.FlushAsync();
        var answer = await _keeper.StandardOutput.ReadLineAsync().Within($"PostgreSQL to {command}");
        if (answer != $"done {command}")
        {
            throw new InvalidOperationException($"PostgreSQL did not {command}: {answer}\n{await _keeper.StandardOutput.ReadToEndAsync()}");
        }
    }
}
