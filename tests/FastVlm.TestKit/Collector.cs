namespace FastVlm.TestKit;

/// <summary>Collects things from any thread and lets a test wait until one, or enough of them, have come.</summary>
public sealed class Collector<T>(string name)
{
    private readonly Lock gate = new();
    private readonly List<T> items = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<T> Items
    {
        get
        {
            lock (gate)
            {
                return [.. items];
            }
        }
    }

    public void Add(T item)
    {
        lock (gate)
        {
            items.Add(item);
            changed.TrySetResult();
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>The first item that satisfies the condition, at or after the given index.</summary>
    public async Task<T> WaitForAsync(Func<T, bool> condition, string what, int from = 0)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                var index = items.FindIndex(Math.Min(from, items.Count), item => condition(item));
                if (index >= 0)
                {
                    return items[index];
                }

                next = changed.Task;
            }

            await next.Within($"{what} among {name}; seen so far: {string.Join(" | ", Items.TakeLast(10))}");
        }
    }

    public async Task WaitForCountAsync(int count)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (items.Count >= count)
                {
                    return;
                }

                next = changed.Task;
            }

            await next.Within($"{count} {name}; seen so far: {Items.Count}");
        }
    }
}
