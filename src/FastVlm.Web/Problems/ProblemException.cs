namespace FastVlm.Web.Problems;

/// <summary>Ends a request with a problem: for faults in the request itself.</summary>
public sealed class ProblemException(ApiProblem problem) : Exception(problem?.Detail)
{
    public ApiProblem Problem { get; } = problem!;
}
