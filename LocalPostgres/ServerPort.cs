using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Payments.LocalPostgres;

/// <summary>Chooses a server's port and remembers it beside the cluster, so that clients find it where it was.</summary>
internal static class ServerPort
{
    // Chosen but not yet listened on: two servers prepared at once must not get the same one.
    private static readonly ConcurrentDictionary<int, bool> Taken = new();

    /// <summary>Takes the remembered port, else the preferred one, else the next free one.</summary>
    /// <param name="file">Where the port is remembered, for the preference that it came from.</param>
    /// <param name="preferred">1 to 65535, or 0 for any.</param>
    public static int Take(string file, int preferred)
    {
        var remembered = Remembered(file, preferred);
        var port = remembered is { } last && TryTake(last) ? last
            : preferred == 0 ? TakeAny()
            : Enumerable.Range(preferred, 65536 - preferred).First(TryTake);
        File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"{preferred} {port}\n"));
        return port;
    }

    public static void Release(int port) => Taken.TryRemove(port, out _);

    private static int? Remembered(string file, int preferred) =>
        File.Exists(file)
        && File.ReadAllText(file).Split(' ') is [var preference, var port]
        && int.TryParse(preference, NumberFormatInfo.InvariantInfo, out var then) && then == preferred
        && int.TryParse(port, NumberFormatInfo.InvariantInfo, out var last)
            ? last
            : null;

    private static int TakeAny()
    {
        while (true)
        {
            if (FreePort(0) is { } port && Taken.TryAdd(port, true))
            {
                return port;
            }
        }
    }

    private static bool TryTake(int port)
    {
        if (!Taken.TryAdd(port, true))
        {
            return false;
        }

        if (FreePort(port) is not null)
        {
            return true;
        }

        Release(port);
        return false;
    }

    private static int? FreePort(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
