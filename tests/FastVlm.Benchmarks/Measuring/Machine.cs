using System.Globalization;
using System.Runtime.InteropServices;

namespace FastVlm.Benchmarks.Measuring;

/// <summary>On what was measured, and how busy it was with other things.</summary>
internal static class Machine
{
    public static string Describe()
    {
        var processor = Line("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        var memory = Line("/proc/meminfo", "MemTotal") is { } text
            ? $"{long.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture) / 1024 / 1024} GiB"
            : "memory unknown";
        return $"{processor}, {Environment.ProcessorCount} cores, {memory}; {RuntimeInformation.OSDescription}; "
            + $"{RuntimeInformation.FrameworkDescription}";
    }

    /// <summary>Processor time that the whole machine has spent since it started; idle time not counted.</summary>
    public static TimeSpan BusyProcessor()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var ticks = fields[1..].Select(field => long.Parse(field, CultureInfo.InvariantCulture)).ToList();
        const int idle = 3, waiting = 4, guest = 8;
        return TimeSpan.FromSeconds((ticks.Take(guest).Sum() - ticks[idle] - ticks[waiting]) / 100.0);
    }

    private static string? Line(string file, string key) => File.Exists(file)
        ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
        : null;
}
