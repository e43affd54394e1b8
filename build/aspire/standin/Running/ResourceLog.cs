using System.Globalization;

namespace Aspire.Hosting.Running;

/// <summary>Writes the resources' output to the console, each line with its resource's name, and keeps the last lines.</summary>
internal sealed class ResourceLog
{
    private const int KeptLines = 500;
    private static readonly ConsoleColor[] Colors =
        [ConsoleColor.Cyan, ConsoleColor.Green, ConsoleColor.Magenta, ConsoleColor.Yellow, ConsoleColor.Blue, ConsoleColor.DarkCyan];

    private readonly Lock _lock = new();
    private readonly Queue<string> _kept = new();
    private readonly List<string> _names = [];
    private int _width;

    /// <summary>Colour is for people at a terminal.</summary>
    public static bool UsesColor { get; } = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>Reserves a colour and the width of the name.</summary>
    public void Introduce(string name)
    {
        lock (_lock)
        {
            _names.Add(name);
            _width = Math.Max(_width, name.Length);
        }
    }

    /// <summary>Writes one line of a resource.</summary>
    public void Write(string name, string line)
    {
        lock (_lock)
        {
            var prefix = string.Create(CultureInfo.InvariantCulture, $"{name.PadRight(_width)} |");
            _kept.Enqueue($"{prefix} {line}");
            if (_kept.Count > KeptLines)
                _kept.Dequeue();
            if (UsesColor)
            {
                Console.ForegroundColor = Colors[Math.Max(0, _names.IndexOf(name)) % Colors.Length];
                Console.Write(prefix);
                Console.ResetColor();
                Console.WriteLine($" {line}");
            }
            else
                Console.WriteLine($"{prefix} {line}");
        }
    }

    /// <summary>Writes text of our own.</summary>
    public void WriteBlock(string text)
    {
        lock (_lock)
            Console.WriteLine(text);
    }

    /// <summary>The last lines, oldest first.</summary>
    public IReadOnlyList<string> Latest()
    {
        lock (_lock)
            return [.. _kept];
    }
}
