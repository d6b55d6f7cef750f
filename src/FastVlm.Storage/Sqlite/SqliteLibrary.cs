using System.Runtime.InteropServices;
using FastVlm.Pipeline;
using SQLitePCL;

namespace FastVlm.Storage.Sqlite;

/// <summary>
/// Binds the managed provider to the SQLite library of the system, which the system's updates keep patched.
/// </summary>
internal static class SqliteLibrary
{
    /// <summary>The operators on JSON came with it.</summary>
    public static readonly Version VersionMin = new(3, 38, 0);

    private static readonly Lock Gate = new();
    private static bool isBound;

    public static IReadOnlyList<string> SystemNames { get; } =
        OperatingSystem.IsWindows() ? ["e_sqlite3", "sqlite3", "winsqlite3"]
        : OperatingSystem.IsMacOS() ? ["libsqlite3.dylib", "/usr/lib/libsqlite3.dylib", "/opt/homebrew/opt/sqlite/lib/libsqlite3.dylib"]
        : ["libsqlite3.so.0", "libsqlite3.so"];

    /// <exception cref="FailureException"><see cref="FailureKind.ToolMissing"/>: there is none, or one that is too old.</exception>
    public static void Bind()
    {
        lock (Gate)
        {
            if (isBound)
            {
                return;
            }

            var library = Load(SystemNames);
            NativeLibrary.SetDllImportResolver(
                typeof(SQLite3Provider_e_sqlite3).Assembly, (name, _, _) => name == "e_sqlite3" ? library : IntPtr.Zero);
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            Check(raw.sqlite3_libversion().utf8_to_string(), raw.sqlite3_compileoption_used("ENABLE_FTS5") != 0);
            isBound = true;
        }
    }

    public static IntPtr Load(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library))
            {
                return library;
            }
        }

        throw new FailureException(
            FailureKind.ToolMissing,
            $"The SQLite library ({names[0]}) is not installed; install it, on Debian and Ubuntu with 'apt-get install libsqlite3-0'.");
    }

    public static void Check(string version, bool hasFullText)
    {
        if (Version.Parse(version) < VersionMin)
        {
            throw new FailureException(
                FailureKind.ToolMissing,
                $"The system's SQLite library is version {version}, and {VersionMin} or later is needed; update the package libsqlite3-0.");
        }

        if (!hasFullText)
        {
            throw new FailureException(
                FailureKind.ToolMissing,
                "The system's SQLite library was built without FTS5, which caption search needs; install the distribution's libsqlite3-0.");
        }
    }
}
