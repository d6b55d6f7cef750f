using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Web.Json;

namespace FastVlm.Web.Endpoints;

/// <summary>Writing rules.</summary>
internal static class RuleEndpoints
{
    private const string Noun = "rule";

    public static void Map(IEndpointRouteBuilder api)
    {
        var rules = api.MapGroup("/rules").WithTags("Rules");
        rules.MapGet("", List).Does("listRules", "All rules, in the order in which they were created").Answers<RuleView[]>();
        rules.MapPost("", AddAsync).Does("addRule", "Add a rule; it judges from the next look on")
            .Takes<RuleSpec>().Answers<RuleView>(201).Refuses(400, 409, 413, 415, 503);
        rules.MapGet("/{id}", Find).Does("getRule", "One rule").Answers<RuleView>().Refuses(404);
        rules.MapPut("/{id}", ReplaceAsync).Does("replaceRule", "Replace a rule")
            .Takes<RuleSpec>().Answers<RuleView>().Refuses(400, 404, 409, 413, 415, 503);
        rules.MapPatch("/{id}", PatchAsync).Does("patchRule", "Change some properties of a rule (JSON merge patch on its spec)")
            .TakesPatchOf<RuleSpec>().Answers<RuleView>().Refuses(400, 404, 409, 413, 415, 503);
        rules.MapDelete("/{id}", RemoveAsync).Does("removeRule", "Remove a rule; its incidents stay")
            .AnswersNothing(204).Refuses(404, 409, 503);
    }

    private static RuleView[] List(IConfigurationDesk desk) => [.. desk.Rules.List().Select(View)];

    private static async Task<IResult> AddAsync(HttpContext context, IConfigurationDesk desk)
    {
        var change = await desk.Rules.AddAsync(await JsonBody.ReadAsync<RuleSpec>(context), context.RequestAborted);
        return Outcomes.Answer(change, Noun, "", rule => TypedResults.Created($"/api/rules/{rule.Id}", View(rule)));
    }

    private static IResult Find(string id, IConfigurationDesk desk) =>
        desk.Rules.Find(new RuleId(id)) is { } rule ? TypedResults.Ok(View(rule)) : Outcomes.NotFound(Noun, id);

    private static async Task<IResult> ReplaceAsync(string id, HttpContext context, IConfigurationDesk desk)
    {
        var spec = await JsonBody.ReadAsync<RuleSpec>(context);
        var change = await desk.Rules.ReplaceAsync(new RuleId(id), spec, context.RequestAborted);
        return Outcomes.Answer(change, Noun, id, rule => TypedResults.Ok(View(rule)));
    }

    private static async Task<IResult> PatchAsync(string id, HttpContext context, IConfigurationDesk desk)
    {
        var patch = await JsonBody.ReadNodeAsync(context);
        var change = await desk.Rules.EditAsync(new RuleId(id), spec => JsonBody.Patch(spec, patch), context.RequestAborted);
        return Outcomes.Answer(change, Noun, id, rule => TypedResults.Ok(View(rule)));
    }

    private static async Task<IResult> RemoveAsync(string id, HttpContext context, IConfigurationDesk desk) =>
        Outcomes.AnswerRemoval(await desk.Rules.RemoveAsync(new RuleId(id), context.RequestAborted), Noun, id);

    private static RuleView View(Entry<RuleId, RuleSpec> rule) => new()
    {
        Id = rule.Id,
        Name = rule.Spec.Name,
        Spec = rule.Spec,
        Origin = rule.Origin,
        CreatedAt = rule.CreatedAt,
        UpdatedAt = rule.UpdatedAt,
    };
}
