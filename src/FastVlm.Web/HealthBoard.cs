using System.Collections.Concurrent;

namespace FastVlm.Web;

/// <summary>Standing problems of the platform, one per source, for <c>GET /api/health</c>. Safe for concurrent use.</summary>
public sealed class HealthBoard
{
    private readonly ConcurrentDictionary<string, string> problems = new(StringComparer.Ordinal);

    /// <summary>One sentence each, without secrets, sorted by source.</summary>
    public IReadOnlyList<string> Problems => [.. problems.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value)];

    /// <param name="source">Who reports, e.g. "configuration file"; a few fixed names.</param>
    /// <param name="problem">Null: all is well again.</param>
    public void Report(string source, string? problem)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (problem is null)
        {
            problems.TryRemove(source, out _);
        }
        else
        {
            problems[source] = problem;
        }
    }
}
