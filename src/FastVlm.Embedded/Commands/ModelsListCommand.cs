using System.CommandLine;
using FastVlm.Embedded.Models;
using FastVlm.Embedded.Output;
using FastVlm.Onnx.Store;
using FastVlm.Onnx.Store.Catalogue;
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
        var catalogue = context.ReadCatalogue();
        var rows = new List<ModelRow>();
        if (context.Shipped.FindCheckpoint(ShippedModels.DefaultName) is { } checkpoint)
        {
            var licence = CheckpointLicence.Of(checkpoint);
            rows.Add(new ModelRow(ShippedModels.DefaultName, "builtIn", ShippedModels.DefaultTitle, licence) { Path = checkpoint });
        }

        rows.AddRange(context.Home.InstalledNames().Select(name => Installed(context.Home.ModelFolder(name), catalogue.Find(name))));
        rows.AddRange(catalogue.Entries.Where(entry => !context.Home.IsInstalled(entry.Name))
            .Select(entry => new ModelRow(entry.Name, "available", entry.Title, entry.Licence)
            {
                Choices = entry.Dtypes,
                DefaultDtype = entry.DefaultDtype,
                IsExported = entry.Kind != CatalogueKind.OnnxGraphs,
            }));
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

    // A damaged directory is listed as such: the list is where one looks for what is wrong.
    private static ModelRow Installed(string folder, CatalogueEntry? entry)
    {
        var name = Path.GetFileName(folder);
        try
        {
            var model = ModelDirectory.Open(folder);
            return new ModelRow(name, "installed", entry?.Title ?? model.Lock?.Source ?? "", model.Licence)
            {
                Dtype = model.Dtype,
                SizeBytes = model.SizeBytes,
                Path = folder,
            };
        }
        catch (Pipeline.FailureException damaged)
        {
            return new ModelRow(name, "damaged", damaged.Message, entry?.Licence ?? ModelLicence.Unknown) { Path = folder };
        }
    }

    private static void Print(IAnsiConsole console, List<ModelRow> rows)
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

    private static void PrintChoices(IAnsiConsole console, List<ModelRow> rows)
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

    private sealed record ModelRow(string Name, string State, string Title, string Licence)
    {
        public string? Dtype { get; init; }

        public string? DefaultDtype { get; init; }

        public bool IsExported { get; init; }

        public long? SizeBytes { get; init; }

        public string? Path { get; init; }

        public IReadOnlyList<CatalogueDtype> Choices { get; init; } = [];

        public string Precision => Dtype ?? string.Join(' ', Choices.Select(choice => choice.Dtype));

        public object ToEvent() => new
        {
            Type = "model",
            Name,
            State,
            Title,
            Licence,
            Dtype,
            SizeBytes,
            Path,
            DefaultDtype,
            Dtypes = Choices.Count == 0 ? null : Choices,
        };
    }
}
