using System.Text;

namespace Payments.Pipeline.Import.Json;

/// <summary>Where a profile's fields are in a JSON object, as a tree of keys. A field is found at the first of its sources that has a value.</summary>
internal sealed class JsonFields
{
    private readonly List<Source[]> _fields = [];
    private byte[][] _ignored = [];

    /// <summary>Fields of these sources: each a path (<c>card.last4</c>), or a path in a text (<c>guest_{id}</c>).</summary>
    public JsonFields(IEnumerable<IEnumerable<string>> fields)
    {
        foreach (var sources in fields) _fields.Add([.. sources.Select(Add)]);
    }

    /// <summary>A record may have any other keys.</summary>
    public bool IgnoresOthers { get; private init; }

    /// <summary>What a profile reads: its columns in their order, then what their rules look at besides.</summary>
    public static JsonFields Of(ImportProfile profile)
    {
        var fields = new JsonFields(profile.Columns.Select(column => column.Paths).Concat(profile.Columns.SelectMany(column => column.Inputs).Select(input => new[] { input })))
        {
            IgnoresOthers = profile.IgnoresOthers,
            _ignored = [.. profile.Ignored.Select(Encoding.UTF8.GetBytes)],
        };
        foreach (var (path, remark) in profile.RemarksWhenFalse) fields.KeyOf(path).RemarkWhenFalse = remark;
        return fields;
    }

    /// <summary>Whether a record may have this key although nothing of it is read.</summary>
    public bool Ignores(ReadOnlySpan<byte> name)
    {
        if (IgnoresOthers) return true;
        foreach (var ignored in _ignored)
        {
            if (Ascii.EqualsIgnoreCase(ignored, name)) return true;
        }

        return false;
    }

    /// <summary>The top: its children are the keys of a record.</summary>
    public Key Root { get; } = new([]);

    /// <summary>Places that values are wanted from.</summary>
    public int Places { get; private set; }

    public int Count => _fields.Count;

    public ReadOnlySpan<Source> SourcesOf(int field) => _fields[field];

    private Source Add(string source)
    {
        var from = source.IndexOf('{', StringComparison.Ordinal);
        var path = from < 0 ? source : source[(from + 1)..^1];
        return new(Encoding.UTF8.GetBytes(from < 0 ? "" : source[..from]), KeyOf(path).Place);
    }

    private Key KeyOf(string path)
    {
        var key = Root;
        foreach (var name in path.Split('.')) key = key.ChildOf(Encoding.UTF8.GetBytes(name));
        if (key.Place < 0) key.Place = Places++;
        return key;
    }

    /// <summary>One source of a field.</summary>
    /// <param name="Prefix">What is put before the value.</param>
    /// <param name="Place">Where the value is.</param>
    public readonly record struct Source(byte[] Prefix, int Place);

    /// <summary>A key on the way to a value.</summary>
    internal sealed class Key(byte[] name)
    {
        private readonly List<Key> _children = [];

        /// <summary>Where its own value goes; negative: only what lies below it is wanted.</summary>
        public int Place { get; set; } = -1;

        /// <summary>The record in which it was met last.</summary>
        public long Record { get; set; }

        /// <summary>The warning that its value false is worth.</summary>
        public string? RemarkWhenFalse { get; set; }

        public bool HasChildren => _children.Count > 0;

        /// <summary>The key of this name below this one; case does not count, as in the header of a CSV file.</summary>
        public Key? Find(ReadOnlySpan<byte> wanted)
        {
            foreach (var child in _children)
            {
                if (child.Is(wanted)) return child;
            }

            return null;
        }

        public Key ChildOf(byte[] wanted)
        {
            if (Find(wanted) is { } known) return known;
            var child = new Key(wanted);
            _children.Add(child);
            return child;
        }

        private bool Is(ReadOnlySpan<byte> wanted) => Ascii.EqualsIgnoreCase(name, wanted);
    }
}
