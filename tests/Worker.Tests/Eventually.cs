namespace Payments.Worker.Tests;

/// <summary>Facts about what happens soon in another thread or process.</summary>
internal static class Eventually
{
    /// <summary>Waits until the value is as it should be; after the time given it asserts, so that the message shows both.</summary>
    public static async Task EqualAsync<T>(T expected, Func<Task<T>> actual, double seconds = 10)
    {
        var clock = TimeProvider.System;
        var from = clock.GetTimestamp();
        while (!EqualityComparer<T>.Default.Equals(await actual(), expected) && clock.GetElapsedTime(from).TotalSeconds < seconds) await Task.Delay(20);
        Assert.Equal(expected, await actual());
    }
}
