using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Web.Problems;

namespace FastVlm.Web.Endpoints;

/// <summary>Turns what came of a change into an answer.</summary>
internal static class Outcomes
{
    /// <param name="change">What came of it.</param>
    /// <param name="noun">What was changed, for messages.</param>
    /// <param name="id">Its id.</param>
    /// <param name="answer">Called where it was done.</param>
    public static IResult Answer<TId, TSpec>(
        Change<Entry<TId, TSpec>> change, string noun, string id, Func<Entry<TId, TSpec>, IResult> answer) =>
        change is { Status: ChangeStatus.Done, Entry: { } entry } ? answer(entry) : Refusal(change, noun, id);

    /// <summary>A removal that cannot be, because others refer to the entry, is a conflict.</summary>
    public static IResult AnswerRemoval<TId, TSpec>(Change<Entry<TId, TSpec>> change, string noun, string id) => change.Status switch
    {
        ChangeStatus.Done => TypedResults.NoContent(),
        ChangeStatus.Invalid => new ProblemResult(ApiProblem.Of(StatusCodes.Status409Conflict, change.Errors)),
        _ => Refusal(change, noun, id),
    };

    public static TId Id<TId>(string text)
        where TId : struct, IIdentifier<TId> => TId.From(text);

    public static IResult NotFound(string noun, string id) => new ProblemResult(ApiProblem.NotFound(noun, id));

    private static ProblemResult Refusal<TEntry>(Change<TEntry> change, string noun, string id) => new(change.Status switch
    {
        ChangeStatus.Invalid => ApiProblem.Invalid(change.Errors),
        ChangeStatus.NotFound => ApiProblem.NotFound(noun, id),
        ChangeStatus.NameTaken => ApiProblem.Of(StatusCodes.Status409Conflict, change.Errors),
        ChangeStatus.ManagedByFile => ApiProblem.Of(
            StatusCodes.Status409Conflict, $"The {noun} '{id}' belongs to the configuration file; change it there."),
        _ => throw new System.Diagnostics.UnreachableException(),
    });
}
