using System.Text.Json;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Storage;
using Spectre.Console;

namespace FastVlm.Embedded.Output;

/// <summary>Says what went wrong, once: a sentence on stderr, and a JSON line where programs listen.</summary>
internal static class FailureReport
{
    /// <returns>The exit code.</returns>
    public static int Write(CommandOutput output, Exception exception, bool verbose)
    {
        var (kind, message) = exception switch
        {
            FailureException failure => (failure.Kind, failure.Message),
            StorageException storage => (FailureKind.DataUnusable, storage.Message),
            _ => (FailureKind.Internal, $"internal error: {exception.Message.TrimEnd('.')}{(verbose ? "" : "; --verbose shows where")}."),
        };
        output.Messages.MarkupLineInterpolated($"[red]fastvlm:[/] {TerminalText.Clean(message)}");
        if (verbose)
        {
            output.Messages.WriteLine(exception.ToString());
        }

        output.Event(new
        {
            Type = "error",
            Kind = JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()),
            ExitCode = (int)kind,
            Message = message,
        });
        return (int)kind;
    }
}
