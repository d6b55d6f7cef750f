namespace FastVlm.Pipeline.Configuration;

/// <summary>Keeps the number of rules that watch one camera within what a look may cost.</summary>
internal static class RuleLoad
{
    public static IReadOnlyList<SpecError> Check(PlatformConfiguration configuration)
    {
        var faults = new FaultList();
        var rules = configuration.Rules.Select(rule => rule.Spec).Where(rule => rule.Enabled).ToArray();
        foreach (var camera in configuration.Cameras)
        {
            var watching = rules.Where(rule => rule.Cameras.Selects(camera.Id, camera.Spec.Tags)).ToArray();
            var questions = watching.Count(rule => rule.Kind == RuleKind.Question);
            if (watching.Length > Limits.RulesPerCameraMax)
            {
                faults.Add("$", $"Camera '{camera.Spec.Name}' would be watched by {watching.Length} rules; at most "
                    + $"{Limits.RulesPerCameraMax} may. Disable some, or narrow their selectors.");
            }

            if (questions > Limits.QuestionsPerCameraMax)
            {
                faults.Add("$", $"Camera '{camera.Spec.Name}' would be asked {questions} questions with every look; at most "
                    + $"{Limits.QuestionsPerCameraMax} may be. Disable some, or narrow their selectors.");
            }
        }

        return faults.Errors;
    }
}
