/** The words that plausible users are named with. */

const list = (words: string): readonly string[] => words.split(' ');

export const firstNames = list(
  'Ada Aisha Akira Alan Alma Amir Ana Andrea Anna Arjun Astrid Ben Bianca Björn Carla Carlos Chen Chloe Clara Dan David ' +
    'Deniz Diego Dmitri Elena Elif Emil Emma Erik Esra Fatima Felix Fiona Grace Hana Hans Hugo Ibrahim Ines Ingrid Ivan ' +
    'Jakob James Jane Jonas José Julia Kaito Karin Kemal Lars Laura Lea Lena Leo Liam Linh Lucia Luis Maja Mara Marco ' +
    'Maria Marie Mateo Max Mei Mia Milan Mina Mohamed Nadia Nia Nils Noah Nora Olga Omar Oscar Paul Pavel Pia Priya ' +
    'Rafael Ravi Rosa Ruth Sam Sara Sarah Sofia Søren Stefan Sven Tara Theo Tim Tomás Uma Vera Victor Viktor Weng Yara ' +
    'Yuki Yusuf Zoe İrem Şule Änne',
);

/** Beginnings and ends of last names; together they make some thousands. */
export const lastNameStarts = list(
  'Acker Ander Baum Berg Black Bran Bren Carl Cast Clark Dahl Dun Eber Ever Fair Feld Fisch Frie Gar Gold Grün Hal Hart ' +
    'Hein Holm Hoff Jan Kauf Keller King Klein Kram Lang Lind Löwen Mar Mei Mül Nor Oster Peter Rein Rich Rosen Sand ' +
    'Schmid Schnei Smi Stein Sten Stern Tan Tor Vest Wal Wein Weiß Wil Win Wolf Zim',
);
export const lastNameEnds = list(
  'a bach baum berg blum brand burg by dal den der dorf dottir er feld field ford garten hagen ham hart haus heim holm ' +
    'hoff horn house i ic kamp kin land lein ler ley low man mann mark mer mond ning o ova owski quist ridge rup s sen ' +
    'ski smith son stein ström th thal ton vall wald wall well wick wood worth ña ß',
);

export const domains = list(
  'acme.test globex.test initech.test hooli.test umbrella.test mail.test post.test example.test corp.test works.test ' +
    'north.test south.test east.test west.test blue.test red.test green.test fern.test oak.test elm.test ash.test bay.test ' +
    'sky.test sea.test lake.test hill.test dale.test glen.test moor.test peak.test',
);
