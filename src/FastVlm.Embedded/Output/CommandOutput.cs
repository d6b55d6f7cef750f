using Spectre.Console;

namespace FastVlm.Embedded.Output;

/// <summary>
/// Where a command writes. With <c>--json</c> stdout carries JSON lines only; else it carries what a person asked for.
/// Messages about the work go to stderr. Colours appear on a terminal only.
/// </summary>
internal sealed class CommandOutput
{
    // Who reads a file or a pipe folds lines himself.
    private const int WidthOfFiles = 10_000;

    private readonly CommandEnvironment _environment;
    private readonly Lock _lock = new();

    public CommandOutput(CommandEnvironment environment, bool json)
    {
        _environment = environment;
        Json = json;
        People = NewConsole(environment.Out, environment.OutIsTerminal);
        Messages = NewConsole(environment.Error, environment.ErrorIsTerminal);
    }

    public bool Json { get; }

    /// <summary>stdout for a person. Not to be written with <see cref="Json"/>.</summary>
    public IAnsiConsole People { get; }

    /// <summary>stderr.</summary>
    public IAnsiConsole Messages { get; }

    /// <summary>True where progress may be drawn over itself.</summary>
    public bool MessagesAreLive => _environment.ErrorIsTerminal && !Json && Messages.Profile.Capabilities.Ansi;

    /// <summary>True where the last line of stdout may be drawn over itself.</summary>
    public bool PeopleAreLive => _environment.OutIsTerminal && !Json && People.Profile.Capabilities.Ansi;

    /// <summary>Writes a JSON line where programs listen; nothing else.</summary>
    public void Event(object line)
    {
        if (!Json)
        {
            return;
        }

        var text = JsonLine.Of(line);
        lock (_lock)
        {
            _environment.Out.WriteLine(text);
            _environment.Out.Flush();
        }
    }

    /// <summary>Writes a piece of text to stdout as it comes, where a person reads; nothing else.</summary>
    public void Text(string piece)
    {
        if (!Json)
        {
            _environment.Out.Write(_environment.OutIsTerminal ? TerminalText.Clean(piece) : piece);
            _environment.Out.Flush();
        }
    }

    /// <summary>Writes a line of plain text to stdout where a person reads; nothing else.</summary>
    public void Line(string text)
    {
        if (!Json)
        {
            People.WriteLine(TerminalText.Clean(text));
        }
    }

    /// <summary>A remark on the work, to stderr.</summary>
    public void Remark(string text) => Messages.MarkupLine($"[grey]{Markup.Escape(TerminalText.Clean(text))}[/]");

    private static IAnsiConsole NewConsole(TextWriter writer, bool isTerminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!isTerminal)
        {
            console.Profile.Width = WidthOfFiles;
        }

        return console;
    }
}
