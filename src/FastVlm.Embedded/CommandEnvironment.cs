using System.Reflection;

namespace FastVlm.Embedded;

/// <summary>What a command sees of the process around it.</summary>
internal sealed record CommandEnvironment
{
    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>True where a person reads stdout: colours and a live display are welcome.</summary>
    public required bool OutIsTerminal { get; init; }

    public required bool ErrorIsTerminal { get; init; }

    public required Func<string, string?> Variable { get; init; }

    public required TimeProvider TimeProvider { get; init; }

    /// <summary>Where the program and what ships with it lie.</summary>
    public required string ApplicationFolder { get; init; }

    public static string Version { get; } =
        typeof(CommandEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static CommandEnvironment OfProcess() => new()
    {
        Out = Console.Out,
        Error = Console.Error,
        OutIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        Variable = Environment.GetEnvironmentVariable,
        TimeProvider = TimeProvider.System,
        ApplicationFolder = AppContext.BaseDirectory,
    };
}
