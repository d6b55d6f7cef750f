using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Rules;
using FastVlm.Pipeline.Storage;
using FastVlm.Web.Json;
using FastVlm.Web.Problems;

namespace FastVlm.Web.Endpoints;

/// <summary>Trying rules before they are saved: on a text, and on stored captions.</summary>
internal static class RuleTrialEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/rules/try", (Delegate)TryAsync).WithTags("Rules")
            .Does("tryRule", "What a rule would say of a text, or of an answer's probability; its faults where it has any")
            .Takes<RuleTryRequest>().Answers<RuleTryAnswer>().Refuses(400, 413, 415);
        var backTests = api.MapGroup("/back-tests").WithTags("Rules");
        backTests.MapPost("", StartAsync).Does("startBackTest", "Run a rule on stored captions: what would it have raised?")
            .Takes<BackTestOrder>().Answers<BackTestReport>(202).Refuses(400, 413, 415, 429);
        backTests.MapGet("/{id}", Find).Does("getBackTest", "How a back-test stands").Answers<BackTestReport>().Refuses(404);
        backTests.MapDelete("/{id}", Cancel).Does("cancelBackTest", "End a back-test; what it has found stays readable")
            .AnswersNothing(204).Refuses(404);
    }

    private static async Task<IResult> TryAsync(HttpContext context)
    {
        var request = await JsonBody.ReadAsync<RuleTryRequest>(context);
        var (errors, verdict) = RuleTrial.Run(request.Rule, request.Text, request.Probability);
        return TypedResults.Ok(new RuleTryAnswer
        {
            IsMatch = verdict?.IsMatch ?? false,
            Span = verdict?.Span,
            SpanStart = verdict?.SpanStart ?? -1,
            Why = verdict?.Why ?? "",
            Errors = errors,
        });
    }

    private static async Task<IResult> StartAsync(HttpContext context, IConfigurationDesk desk, BackTests backTests)
    {
        var order = await JsonBody.ReadAsync<BackTestOrder>(context);
        var cameras = order.Cameras ?? [.. desk.Cameras.List()
            .Where(camera => order.Rule.Cameras.Selects(camera.Id, camera.Spec.Tags)).Select(camera => camera.Id)];
        var start = backTests.Start(new BackTestRequest
        {
            Rule = order.Rule,
            Span = new CaptionSpan([.. cameras], order.From, order.To),
            StoredRules = desk.Rules.List(),
        });
        return start switch
        {
            { Report: { } report } => TypedResults.Accepted($"/api/back-tests/{report.Id}", report),
            { IsBusy: true } => new ProblemResult(ApiProblem.Of(
                StatusCodes.Status429TooManyRequests, "As many back-tests run as may at once; try again when one is done.")),
            _ => new ProblemResult(ApiProblem.Invalid(start.Errors)),
        };
    }

    private static IResult Find(string id, BackTests backTests) =>
        backTests.Find(id) is { } report ? TypedResults.Ok(report) : Outcomes.NotFound("back-test", id);

    private static IResult Cancel(string id, BackTests backTests) =>
        backTests.Cancel(id) ? TypedResults.NoContent() : Outcomes.NotFound("back-test", id);
}

/// <summary>A rule and what to try it on.</summary>
public sealed record RuleTryRequest
{
    public required RuleSpec Rule { get; init; }

    /// <summary>A caption, for a caption rule.</summary>
    public string? Text { get; init; }

    /// <summary>An answer, 0 to 1, for a question rule.</summary>
    public double? Probability { get; init; }
}

/// <summary>What a rule says.</summary>
public sealed record RuleTryAnswer
{
    public required bool IsMatch { get; init; }

    /// <summary>The part of the text that matched; null without one.</summary>
    public string? Span { get; init; }

    /// <summary>Where <see cref="Span"/> begins, characters; -1 without one.</summary>
    public required int SpanStart { get; init; }

    /// <summary>One sentence; empty where there was nothing to judge.</summary>
    public required string Why { get; init; }

    /// <summary>Faults of the rule; a rule with faults says nothing.</summary>
    public required IReadOnlyList<SpecError> Errors { get; init; }
}

/// <summary>A rule and the span of time to run it on.</summary>
public sealed record BackTestOrder
{
    public required RuleSpec Rule { get; init; }

    /// <summary>Captured at or after.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Captured before.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Null is the cameras that the rule selects.</summary>
    public IReadOnlyList<CameraId>? Cameras { get; init; }
}
