using System.CommandLine;
using FastVlm.Embedded.Models;
using FastVlm.Embedded.Output;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Captions;
using FastVlm.Video;

namespace FastVlm.Embedded.Commands;

/// <summary><c>fastvlm predict</c>: one picture, one prompt, one answer. The flags are those of Apple's predict.py.</summary>
internal static class PredictCommand
{
    private static readonly Option<string?> ModelBase = new("--model-base", "--model_base")
    {
        Description = "Of predict.py: the base of an unmerged model. Only merged models run here, so it must stay unset.",
        HelpName = "DIR",
    };

    private static readonly Option<string> ImageFile = new("--image-file", "--image_file")
    {
        Description = "The picture: JPEG, PNG or whatever ffmpeg decodes.",
        HelpName = "FILE",
        Required = true,
    };

    private static readonly Option<string> Prompt = new("--prompt")
    {
        Description = "What to ask.",
        DefaultValueFactory = _ => PromptDefaults.Prompt,
        HelpName = "TEXT",
    };

    private static readonly Option<double> Temperature = new("--temperature")
    {
        Description = "Sampling above 0; 0 takes the likeliest token.",
        DefaultValueFactory = _ => 0.2,
        HelpName = "T",
    };

    private static readonly Option<double?> TopP = new("--top_p", "--top-p")
    {
        Description = "Sample among the likeliest tokens whose probability reaches this, (0, 1].",
        HelpName = "P",
    };

    private static readonly Option<int> BeamCount = new("--num_beams", "--num-beams")
    {
        Description = "Beams of a beam search; above 1 the temperature defaults to 0.",
        DefaultValueFactory = _ => 1,
        HelpName = "N",
    };

    private static readonly Option<int> MaxNewTokens = new("--max-new-tokens", "--max_new_tokens")
    {
        Description = "Length of the answer at most.",
        DefaultValueFactory = _ => 256,
        HelpName = "N",
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Seed of the sampling: equal seeds give equal answers.",
        DefaultValueFactory = _ => 0,
        HelpName = "N",
    };

    private static readonly Option<double> RepetitionPenalty = new("--repetition-penalty", "--repetition_penalty")
    {
        Description = "Above 1 makes tokens that occurred less likely.",
        DefaultValueFactory = _ => 1,
        HelpName = "R",
    };

    public static Command Build(CommandEnvironment environment)
    {
        var command = new Command("predict", "Ask a model about one picture.")
        {
            ImageFile, Prompt, Temperature, TopP, BeamCount, MaxNewTokens, Seed, RepetitionPenalty, ModelBase,
        };
        ModelOptionSet.AddTo(command);
        command.Runs(environment, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        if (context.Parsed.GetValue(ModelBase) is { } modelBase)
        {
            throw new FailureException(
                FailureKind.Usage,
                $"--model-base {modelBase} asks for an unmerged model; merge the adapter into its base and export the result.");
        }

        var choice = ModelOptionSet.Read(context.Parsed);
        var request = ReadRequest(context.Parsed);
        var image = await new PictureReader().ReadFileAsync(context.Parsed.GetRequiredValue(ImageFile), cancellationToken);
        using var model = await LoadedModel.LoadAsync(choice, context, cancellationToken);
        var output = context.Output;
        var generation = await Task.Run(
            () => model.Generate(image, request, output.Json ? null : output.Text, cancellationToken), CancellationToken.None);
        output.Line("");
        cancellationToken.ThrowIfCancellationRequested();
        AnswerReport.Write(output, model, generation);
    }

    private static GenerationRequest ReadRequest(ParseResult parsed)
    {
        var beams = parsed.GetValue(BeamCount);
        // predict.py's own default of 0.2 would make every beam search a sampled one; it counts only where it was asked for.
        var temperature = beams > 1 && parsed.GetResult(Temperature) is null or { Implicit: true } ? 0 : parsed.GetValue(Temperature);
        return new GenerationRequest
        {
            Prompt = parsed.GetRequiredValue(Prompt),
            Temperature = temperature,
            TopP = parsed.GetValue(TopP),
            BeamCount = beams,
            MaxNewTokens = parsed.GetValue(MaxNewTokens),
            Seed = parsed.GetValue(Seed),
            RepetitionPenalty = parsed.GetValue(RepetitionPenalty),
        };
    }
}
