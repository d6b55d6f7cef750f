using System.CommandLine;
using FastVlm.Embedded.Models;
using FastVlm.Embedded.Output;
using FastVlm.Onnx.Store;
using Spectre.Console;

namespace FastVlm.Embedded.Commands;

/// <summary><c>fastvlm models list</c>: what is here and what can be pulled.</summary>
internal static class ModelsListCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var command = new Command("list", "Show built-in, installed and public models with their licences.");
        command.Runs(environment, Run);
        return command;
    }

    private static Task Run(CommandContext context, CancellationToken cancellationToken)
    {
        var rows = ModelInventory.Read(context);
        foreach (var row in rows)
        {
            context.Output.Event(row.ToEvent());
        }

        if (!context.Output.Json)
        {
            Print(context.Output.People, rows);
        }

        return Task.CompletedTask;
    }

    private static void Print(IAnsiConsole console, IReadOnlyList<ModelRow> rows)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("Model", "State", "Precision", "Size", "Licence", "What");
        foreach (var row in rows)
        {
            table.AddRow(
                Markup.Escape(row.Name),
                Coloured(row.State),
                Markup.Escape(row.Precision),
                row.SizeBytes is { } size ? Quantities.Bytes(size) : "",
                ModelLicence.IsRestricted(row.Licence) ? $"[yellow]{Markup.Escape(row.Licence)}[/]" : Markup.Escape(row.Licence),
                Markup.Escape(row.Title));
        }

        console.Write(table);
        PrintChoices(console, rows);
    }

    private static string Coloured(string state) => state switch
    {
        "builtIn" => "[green]built in[/]",
        "installed" => "[green]installed[/]",
        "damaged" => "[red]damaged[/]",
        _ => $"[grey]{state}[/]",
    };

    private static void PrintChoices(IAnsiConsole console, IReadOnlyList<ModelRow> rows)
    {
        foreach (var row in rows.Where(row => row.Choices.Count > 0 && !row.IsExported))
        {
            console.MarkupLineInterpolated($"[bold]{row.Name}[/], what its precisions really are:");
            foreach (var choice in row.Choices)
            {
                var mark = choice.Dtype == row.DefaultDtype ? " (default)" : "";
                console.WriteLine($"  {choice.Dtype}{mark}: about {choice.DownloadMegabytes} MB; {choice.Really}");
            }
        }

        if (rows.Any(row => row.IsExported))
        {
            console.WriteLine($"Checkpoints are exported after the download: --dtype {string.Join('|', DtypeNames.All)}.");
        }

        console.WriteLine("Get one: fastvlm models pull NAME [--dtype …]");
    }
}
