namespace FastVlm.Pipeline.Configuration;

/// <summary>What tags look like, at cameras and in selectors.</summary>
internal static class TagRules
{
    public static void Check(string path, IReadOnlyList<string> tags, FaultList faults)
    {
        faults.Count(path, "tags", tags.Count, Limits.TagsMax);
        for (var i = 0; i < Math.Min(tags.Count, Limits.TagsMax); i++)
        {
            faults.Line($"{path}[{i}]", "A tag", tags[i], Limits.TagCharsMax);
            if (tags.Take(i).Contains(tags[i], StringComparer.OrdinalIgnoreCase))
            {
                faults.Add($"{path}[{i}]", $"The tag '{tags[i]}' is given twice; remove one.");
            }
        }
    }
}
