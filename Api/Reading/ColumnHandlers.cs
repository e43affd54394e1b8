using System.Data;
using System.Text.Json;
using Dapper;

namespace Payments.Api.Reading;

/// <summary>Reads <c>jsonb</c> columns.</summary>
internal sealed class JsonColumn : SqlMapper.TypeHandler<JsonElement>
{
    public override JsonElement Parse(object value) => JsonElement.Parse((string)value);

    public override void SetValue(IDbDataParameter parameter, JsonElement value) => parameter.Value = value.GetRawText();
}

/// <summary>Reads <c>text[]</c> columns.</summary>
internal sealed class TextArrayColumn : SqlMapper.TypeHandler<string[]>
{
    public override string[] Parse(object value) => (string[])value;

    public override void SetValue(IDbDataParameter parameter, string[]? value) => parameter.Value = value;
}

/// <summary>Reads <c>bigint[]</c> columns.</summary>
internal sealed class CountArrayColumn : SqlMapper.TypeHandler<long[]>
{
    public override long[] Parse(object value) => (long[])value;

    public override void SetValue(IDbDataParameter parameter, long[]? value) => parameter.Value = value;
}
