using System.Text.RegularExpressions;
using FastVlm.Onnx.Store;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Nodes;
using FastVlm.Silo.Commands;
using FastVlm.Web.Metrics;

namespace FastVlm.Silo.Tests.Deployment;

/// <summary>What deployment files keep to. Each rule returns complaints.</summary>
internal static partial class DeploymentRules
{
    /// <summary>Every variable that the program reads.</summary>
    public static IReadOnlySet<string> Variables { get; } = RunCommand.Build().Options
        .Where(option => option.Description?.Contains($"[{SiloOption.VariableOf(option.Name)}]", StringComparison.Ordinal) == true)
        .Select(option => SiloOption.VariableOf(option.Name))
        .Append(ModelHome.Variable)
        .ToHashSet();

    public static IEnumerable<string> UnknownVariables(string path, string text) =>
        Variable().Matches(text).Select(match => match.Value).Where(name => !Variables.Contains(name)).Distinct()
            .Select(name => $"{path}: {name} is no option of fastvlm-silo run.");

    /// <summary>A secret is a file: never the value of a variable, which every process of the user and every inspection shows.</summary>
    public static IEnumerable<string> OpenSecrets(string path, IEnumerable<(string Name, string Value)> variables)
    {
        foreach (var (name, value) in variables)
        {
            if (SecretName().IsMatch(name) && !name.EndsWith("_FILE", StringComparison.Ordinal) && !IsFile(value))
            {
                yield return $"{path}: {name} holds a secret; give a file.";
            }

            if (value.Contains("Password=", StringComparison.OrdinalIgnoreCase) || UrlPassword().IsMatch(value))
            {
                yield return $"{path}: the value of {name} holds a password.";
            }
        }
    }

    /// <param name="path">For the complaint.</param>
    /// <param name="dockerfile">Its text.</param>
    /// <param name="shipped">The stages that become images; the last stage is one of them by any name.</param>
    public static IEnumerable<string> RootImages(string path, string dockerfile, params string[] shipped)
    {
        var stages = Stage().Split(dockerfile).Skip(1).ToList();
        for (var i = 0; i < stages.Count; i++)
        {
            var name = StageName().Match(stages[i].Split('\n')[0]) is { Success: true } match ? match.Groups[1].Value : "";
            var user = User().Matches(stages[i]).LastOrDefault()?.Groups[1].Value;
            if ((shipped.Contains(name) || i == stages.Count - 1) && (user is null || user is "0" or "root"))
            {
                yield return $"{path}: the image '{name}' runs as root.";
            }
        }
    }

    /// <summary>Metrics, and values of their labels, that nobody writes: a board stays empty, a rule silent.</summary>
    public static IEnumerable<string> UnknownMetrics(string path, string expression)
    {
        var names = MetricFamilies.All.Select(family => family.Name).ToHashSet();
        foreach (var name in Metric().Matches(expression).Select(match => match.Value).Where(name => !names.Contains(name)))
        {
            yield return $"{path}: nobody writes {name}.";
        }

        string[] known =
        [
            "captioned", .. Words<DropReason>(), .. Words<CameraState>(), .. Words<NodeState>(), "true", "false",
        ];
        foreach (var value in LabelValue().Matches(expression).SelectMany(match => match.Groups[1].Value.Split('|')))
        {
            if (!known.Contains(value))
            {
                yield return $"{path}: no label has the value '{value}'.";
            }
        }
    }

    private static IEnumerable<string> Words<T>()
        where T : struct, Enum =>
        Enum.GetNames<T>().Select(name => WordStart().Replace(name, "_$0").ToLowerInvariant());

    private static bool IsFile(string value) => value.StartsWith('/') || value.StartsWith("%d/", StringComparison.Ordinal);

    [GeneratedRegex("FASTVLM_[A-Z][A-Z_]*")]
    private static partial Regex Variable();

    [GeneratedRegex("PASSWORD|TOKEN|SECRET|_KEY|CREDENTIAL|CONNECTION", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    [GeneratedRegex("://[^/@:]+:[^/@]+@")]
    private static partial Regex UrlPassword();

    [GeneratedRegex("^FROM ", RegexOptions.Multiline)]
    private static partial Regex Stage();

    [GeneratedRegex(" AS (\\S+)")]
    private static partial Regex StageName();

    [GeneratedRegex("^USER (\\w+)", RegexOptions.Multiline)]
    private static partial Regex User();

    [GeneratedRegex(@"\b(fastvlm|process)_[a-z_]+(?![a-z_]*"")")]
    private static partial Regex Metric();

    [GeneratedRegex("""(?:state|outcome|enabled)(?:=~|!=|!~|=)\\?"([a-z_|]+)""")]
    private static partial Regex LabelValue();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex WordStart();
}
