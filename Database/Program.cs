using Payments.Database;

var command = MigratorCommand.Create(Environment.GetEnvironmentVariable).Parse(args);
var exitCode = await command.InvokeAsync();
return command.Errors.Count > 0 ? ExitCodes.Usage : exitCode;
