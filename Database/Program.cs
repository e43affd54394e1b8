Console.WriteLine("Database");
