using System.Diagnostics;
using FastVlm.TestKit;
using Npgsql;

namespace FastVlm.Grains.Tests.Processes;

/// <summary>A PostgreSQL server of the test's own, in a folder that vanishes with it.</summary>
internal sealed class MiniPostgres : IAsyncDisposable
{
    private readonly string folder;
    private readonly int port;

    private MiniPostgres(string folder, int port) => (this.folder, this.port) = (folder, port);

    public string ConnectionString => $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;Maximum Pool Size=10";

    /// <summary>Null where the programs are not installed.</summary>
    public static string? Programs => Directory.Exists("/usr/lib/postgresql")
        ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Max()
        : null;

    public static async Task<MiniPostgres> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("fastvlm-pg-").FullName;
        var server = new MiniPostgres(folder, NodeCluster.FreePort());
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", "postgres", folder);
        }

        await ToolAsync("initdb", "-D", $"{folder}/data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync");
        await ToolAsync(
            "pg_ctl", "-D", $"{folder}/data", "-w", "-l", $"{folder}/log",
            "-o", $"-c listen_addresses=127.0.0.1 -c port={server.port} -c fsync=off -c unix_socket_directories={folder}", "start");
        return server;
    }

    public async Task<long> CountAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await ToolAsync("pg_ctl", "-D", $"{folder}/data", "-m", "immediate", "stop");
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static Task ToolAsync(string program, params string[] args)
    {
        var path = Path.Combine(Programs!, program);
        return Environment.IsPrivilegedProcess
            ? RunAsync("runuser", ["-u", "postgres", "--", path, .. args])
            : RunAsync(path, args);
    }

    private static async Task RunAsync(string program, params string[] args)
    {
        // A server that pg_ctl starts would hold a pipe open, so the output goes nowhere.
        string[] quietly = ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1", program, .. args];
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", quietly) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync().Within($"the end of '{program} {string.Join(' ', args)}'");
        Assert.Equal(0, process.ExitCode);
    }
}
