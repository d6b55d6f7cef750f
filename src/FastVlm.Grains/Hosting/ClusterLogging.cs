using Microsoft.Extensions.Logging;

namespace FastVlm.Grains.Hosting;

/// <summary>
/// Lets Orleans log what an operator can use. It tells of a dead node with stack traces at every call and poll; the platform
/// says the same once, in a sentence. Where a host wants more, it configures a level for a longer category.
/// </summary>
internal static class ClusterLogging
{
    private static readonly (string Category, LogLevel Level)[] Levels =
    [
        ("Orleans", LogLevel.Warning),

        // Advice about the garbage collector at every start.
        ("Orleans.Runtime.Silo", LogLevel.Error),

        // Connections that end with their node, and calls that end with them.
        ("Orleans.Runtime.Messaging", LogLevel.Error),
        ("Orleans.Runtime.CallbackData", LogLevel.Error),
        ("Orleans.Runtime.MembershipService.SiloHealthMonitor", LogLevel.Error),

        // Every batch and poll while a stream's queue is gone; the relay says what it gave up.
        ("Orleans.Streams", LogLevel.Critical),
        ("Orleans.Providers", LogLevel.Critical),

        // The category that Orleans' memory streams log to, by mistake.
        ("Microsoft.Extensions.Logging.ILogger", LogLevel.Critical),

        // Calls that had no place; their callers tell.
        ("Orleans.Messaging", LogLevel.Critical),
        ("Polly", LogLevel.Critical),
    ];

    public static void Quieten(ILoggingBuilder logging)
    {
        foreach (var (category, level) in Levels)
        {
            logging.AddFilter(category, level);
        }
    }
}
