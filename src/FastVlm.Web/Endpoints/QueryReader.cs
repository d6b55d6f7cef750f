using System.Globalization;
using System.Text.Json;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Web.Problems;

namespace FastVlm.Web.Endpoints;

/// <summary>Reads parameters of the query and collects every fault in them. Empty values count as absent.</summary>
internal sealed class QueryReader(HttpContext context)
{
    private const int LimitDefault = 100;

    private readonly List<SpecError> faults = [];

    public string? Text(string name) => context.Request.Query[name].FirstOrDefault() is { Length: > 0 } text ? text : null;

    public TId? Id<TId>(string name)
        where TId : struct, IIdentifier<TId> => Text(name) is { } text ? TId.From(text) : null;

    public int Limit()
    {
        if (Text("limit") is not { } text)
        {
            return LimitDefault;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= Limits.PageLengthMax)
        {
            return limit;
        }

        faults.Add(new SpecError("limit", $"The limit is '{text}'; give a whole number from 1 to {Limits.PageLengthMax}."));
        return LimitDefault;
    }

    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return time;
        }

        faults.Add(new SpecError(name, $"'{text}' is no time; give one such as 2026-01-31T06:00:00Z."));
        return null;
    }

    public TEnum? Choice<TEnum>(string name)
        where TEnum : struct, Enum
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        foreach (var value in Enum.GetValues<TEnum>())
        {
            if (JsonNamingPolicy.CamelCase.ConvertName(value.ToString()) == text)
            {
                return value;
            }
        }

        faults.Add(new SpecError(name, $"'{text}' is not possible; give {Json.Expected.Of(typeof(TEnum))}."));
        return null;
    }

    /// <summary>To be called once everything was read.</summary>
    /// <exception cref="ProblemException">A parameter had a fault.</exception>
    public void Finish()
    {
        if (faults.Count > 0)
        {
            throw new ProblemException(ApiProblem.Invalid(faults));
        }
    }
}
