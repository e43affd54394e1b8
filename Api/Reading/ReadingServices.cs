using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Dapper;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Payments.Api.Reading;

/// <summary>How rows are read and written.</summary>
internal static class ReadingServices
{
    /// <summary>Adds the reader and the JSON of the contract: snake_case, strict numbers, money with its currency's digits.</summary>
    public static WebApplicationBuilder AddReading(this WebApplicationBuilder builder)
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.AddTypeHandler(new JsonColumn());
        SqlMapper.AddTypeHandler(new TextArrayColumn());
        SqlMapper.AddTypeHandler(new CountArrayColumn());

        builder.Services.AddSingleton<Reader>();
        builder.Services.AddSingleton<MoneyDigits>();
        builder.Services.AddSingleton<IConfigureOptions<JsonOptions>>(services => new ConfigureOptions<JsonOptions>(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.TypeInfoResolver = new DefaultJsonTypeInfoResolver()
                .WithAddedModifier(services.GetRequiredService<MoneyDigits>().Apply);
        }));
        return builder;
    }
}
