using FastVlm.Web.Problems;

namespace FastVlm.Web.Endpoints;

/// <summary>A parameter of the query, for the description of the API.</summary>
/// <param name="Name">As in the address.</param>
/// <param name="Type">JSON schema type: string, integer, number, date-time.</param>
/// <param name="Description">What it does, with its limits and default.</param>
internal sealed record QueryParameter(string Name, string Type, string Description);

/// <summary>A file that is answered, for the description of the API.</summary>
internal sealed record FileAnswer(string ContentType);

/// <summary>How routes are described, in few words each.</summary>
internal static class ApiRoutes
{
    /// <summary>What it does, and a name that clients generated from the description call it by.</summary>
    public static RouteHandlerBuilder Does(this RouteHandlerBuilder route, string name, string summary) =>
        route.WithName(name).WithSummary(summary);

    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder route, int status = StatusCodes.Status200OK) =>
        route.Produces<T>(status, "application/json");

    public static RouteHandlerBuilder AnswersFile(this RouteHandlerBuilder route, string contentType) =>
        route.WithMetadata(new FileAnswer(contentType));

    public static RouteHandlerBuilder AnswersNothing(this RouteHandlerBuilder route, int status) => route.Produces(status);

    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder route)
        where T : notnull => route.Accepts<T>("application/json");

    public static RouteHandlerBuilder TakesPatchOf<T>(this RouteHandlerBuilder route)
        where T : notnull => route.Accepts<T>("application/merge-patch+json", "application/json");

    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params int[] statuses)
    {
        foreach (var status in statuses)
        {
            route.Produces<ApiProblem>(status, ProblemResult.ContentType);
        }

        return route;
    }

    public static RouteHandlerBuilder Query(this RouteHandlerBuilder route, string name, string type, string description) =>
        route.WithMetadata(new QueryParameter(name, type, description));

    /// <summary>The two parameters that every list has.</summary>
    public static RouteHandlerBuilder Pages(this RouteHandlerBuilder route) => route
        .Query("limit", "integer", $"Rows at most, 1 to {Pipeline.Limits.PageLengthMax}; 100 where it is left out.")
        .Query("before", "string", "Only rows older than this id: the last one of the page before.")
        .Refuses(400);
}
