using System.Net;
using FastVlm.Grains.Members;
using Npgsql;

namespace FastVlm.Grains.Hosting;

/// <summary>Says in sentences everything that is wrong with a node's options; pure.</summary>
public static class ClusterOptionsRules
{
    private const int NameCharsMax = 64;

    public static IEnumerable<string> Faults(ClusterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (var (what, name) in new[]
        {
            ("cluster id", options.ClusterId), ("service id", options.ServiceId), ("node's name", options.SiloName),
        })
        {
            if (!IsName(name))
            {
                yield return $"The {what} '{name}' is none: 1 to {NameCharsMax} letters, digits, '-', '_' or '.'.";
            }
        }

        if (options.Roles.HasFlag(SiloRoles.Gpu) && options.Devices.Count == 0)
        {
            yield return $"Node '{options.SiloName}' has the role gpu but no device: name one, e.g. 'cpu0', or drop the role.";
        }

        if (!options.Roles.HasFlag(SiloRoles.Gpu) && options.Devices.Count > 0)
        {
            yield return $"Node '{options.SiloName}' has devices ({string.Join(", ", options.Devices)}) but not the role gpu.";
        }

        foreach (var device in options.Devices.Where(d => !IsName(d)))
        {
            yield return $"The device '{device}' is none: 1 to {NameCharsMax} letters, digits, '-', '_' or '.'.";
        }

        foreach (var device in options.Devices.GroupBy(d => d, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            yield return $"The device '{device.Key}' is named twice.";
        }

        foreach (var fault in NetworkFaults(options).Concat(DatabaseFaults(options)))
        {
            yield return fault;
        }

        if (options.DetectFailureWithin < FailureDetection.WithinMin || options.DetectFailureWithin > FailureDetection.WithinMax)
        {
            yield return $"A failure is to be detected within {options.DetectFailureWithin.TotalSeconds} s; "
                + $"it can be {FailureDetection.WithinMin.TotalSeconds} to {FailureDetection.WithinMax.TotalSeconds} s.";
        }
    }

    /// <summary>A mistake of configuration is told whole, before anything starts.</summary>
    public static void ThrowIfFaulty(ClusterOptions options)
    {
        var faults = Faults(options).ToArray();
        if (faults.Length > 0)
        {
            throw new ArgumentException(string.Join(' ', faults), nameof(options));
        }
    }

    private static IEnumerable<string> NetworkFaults(ClusterOptions options)
    {
        if (options.Address.Equals(IPAddress.Any) || options.Address.Equals(IPAddress.IPv6Any))
        {
            yield return $"Other nodes cannot reach '{options.Address}': give the address of one network interface.";
        }

        if (options.SiloPort is < 1 or > 65535)
        {
            yield return $"The port {options.SiloPort} is none: 1 to 65535.";
        }
    }

    private static IEnumerable<string> DatabaseFaults(ClusterOptions options)
    {
        if (options.ConnectionString is null)
        {
            yield break;
        }

        if (options.Primary is not null)
        {
            yield return "With a database there is no primary node: set one of the two.";
        }

        if (!IsConnectionString(options.ConnectionString))
        {
            yield return "The connection string cannot be read; e.g. 'Host=db;Database=fastvlm;Username=fastvlm;Password=…'.";
        }
    }

    private static bool IsConnectionString(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text).Host is { Length: > 0 };
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return false;
        }
    }

    // A slash divides a node's name from its device in keys; commas divide devices.
    private static bool IsName(string text) =>
        text.Length is > 0 and <= NameCharsMax && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
