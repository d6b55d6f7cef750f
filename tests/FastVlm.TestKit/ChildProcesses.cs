using System.Globalization;

namespace FastVlm.TestKit;

/// <summary>The living descendants of this process, from /proc: what a test has left running.</summary>
public static class ChildProcesses
{
    /// <summary>
    /// Command lines, by process id, of descendants whose command line contains the text. A zombie, which nobody waited
    /// for, has only its name left.
    /// </summary>
    public static IReadOnlyDictionary<int, string> WithCommandLine(string text)
    {
        var parents = new Dictionary<int, int>();
        var commands = new Dictionary<int, string>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && TryRead(directory) is var (parent, command))
            {
                parents[id] = parent;
                commands[id] = command;
            }
        }

        return commands
            .Where(c => IsDescendant(c.Key, parents) && c.Value.Contains(text, StringComparison.Ordinal))
            .ToDictionary(c => c.Key, c => c.Value);
    }

    /// <summary>Zero for one that has ended.</summary>
    public static TimeSpan ProcessorTime(int id)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            return process.TotalProcessorTime;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return TimeSpan.Zero;
        }
    }

    private static bool IsDescendant(int id, Dictionary<int, int> parents)
    {
        while (parents.TryGetValue(id, out var parent))
        {
            if (parent == Environment.ProcessId)
            {
                return true;
            }

            id = parent;
        }

        return false;
    }

    private static (int Parent, string Command)? TryRead(string directory)
    {
        try
        {
            // "pid (name) state parent …"; the name may hold spaces and parentheses.
            var stat = File.ReadAllText(Path.Combine(directory, "stat"));
            var afterName = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var name = stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..stat.LastIndexOf(')')];
            var command = File.ReadAllText(Path.Combine(directory, "cmdline")).Replace('\0', ' ');
            return (int.Parse(afterName[1], CultureInfo.InvariantCulture), command.Length > 0 ? command : name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process ended while we looked.
            return null;
        }
    }
}
