using System.Globalization;
using System.Reflection;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Storage.Sqlite;

/// <summary>Brings a database to this program's version by the numbered scripts, each in one transaction.</summary>
internal static class Migrator
{
    /// <summary>"FVLM": tells our databases from others'.</summary>
    public const int ApplicationId = 0x46564C4D;

    private const string Prefix = "Migrations/";

    /// <summary>The scripts, first to last; the number of the first is 1.</summary>
    public static IReadOnlyList<string> Scripts { get; } = [.. ReadScripts()];

    /// <returns>The version that the database had.</returns>
    /// <exception cref="StorageException">It is not ours, or newer than this program.</exception>
    public static long Migrate(SqlSession session, string path, int? toVersion = null)
    {
        var version = session.Number("PRAGMA user_version") ?? 0;
        if (session.Number("PRAGMA application_id") != ApplicationId && session.Number("SELECT count(*) FROM sqlite_master") > 0)
        {
            throw new StorageException($"'{path}' is no database of FastVLM; choose another data directory, or move the file away.");
        }

        if (version > Scripts.Count)
        {
            throw new StorageException(
                $"The database '{path}' has version {version} and this program knows versions up to {Scripts.Count}; "
                + "start the newer program that wrote it, or restore a backup from before the update.");
        }

        for (var next = version + 1; next <= (toVersion ?? Scripts.Count); next++)
        {
            session.Run(string.Create(CultureInfo.InvariantCulture, $"""
                BEGIN IMMEDIATE;
                {Scripts[(int)next - 1]}
                PRAGMA application_id = {ApplicationId};
                PRAGMA user_version = {next};
                COMMIT;
                """));
        }

        return version;
    }

    private static IEnumerable<string> ReadScripts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order())
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return reader.ReadToEnd();
        }
    }
}
