namespace FastVlm.TestKit;

/// <summary>How long a test waits for something that must happen: generous, because it only ends tests that fail.</summary>
public static class TestTimeouts
{
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(60);

    /// <summary>Waits for a named event; the name stands in the failure.</summary>
    public static async Task<T> Within<T>(this Task<T> task, string what)
    {
        try
        {
            return await task.WaitAsync(Default, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Waited {Default.TotalSeconds} s in vain for: {what}.");
        }
    }

    /// <inheritdoc cref="Within{T}"/>
    public static async Task Within(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(Default, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Waited {Default.TotalSeconds} s in vain for: {what}.");
        }
    }
}
